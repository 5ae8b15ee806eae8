import { expect, test } from 'vitest'
import { suggest } from '../../src/lib/suggest.ts'

test.each([
  ['topc', 'topic'],
  ['tpoic', 'topic'],
  ['bootstrap', 'bootstrap-server'],
  ['bootstrap-servers', 'bootstrap-server'],
  ['lsit', 'list'],
])('%s means %s', (word, meant) => {
  expect(suggest(word, ['list', 'topic', 'bootstrap-server', 'partitions'])).toBe(meant)
})

test('what is far from everything means nothing', () => {
  expect(suggest('frobnicate', ['list', 'topic'])).toBeUndefined()
  expect(suggest('xy', ['list', 'ab'])).toBeUndefined()
  expect(suggest('list', [])).toBeUndefined()
})
