import { expect, test } from 'vitest'
import { textWidth } from '../../../src/lib/output/text-width.ts'

test.each([
  ['COLUMNS first', { COLUMNS: '50' }, 120, 60, 50],
  ['the terminal that it goes to', {}, 120, 60, 120],
  ['the one behind a pager', {}, undefined, 60, 60],
  ['80 without one', {}, undefined, undefined, 80],
  ['80 where COLUMNS is none, and the terminal does not know its size', { COLUMNS: 'wide' }, 0, undefined, 80],
])('%s', (_, env, stdout, stderr, width) => {
  const stream = (columns: number | undefined) => (columns === undefined ? {} : { columns })
  expect(textWidth({ env, stdout: stream(stdout), stderr: stream(stderr) })).toBe(width)
})
