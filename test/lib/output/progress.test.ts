import { expect, test } from 'vitest'
import { formatBytes, formatCount, startProgress } from '../../../src/lib/output/progress.ts'
import { createContext } from '../../support/context.ts'
import { FakeClock } from '../../support/fake-clock.ts'

function start(options: { isTTY: boolean; forced?: boolean }) {
  const clock = new FakeClock()
  const { context, stderr } = createContext({ clock, isTTY: options.isTTY })
  return { clock, stderr, progress: startProgress(context, { verb: 'produced', forced: options.forced ?? false }) }
}

test('one line on a terminal, redrawn ten times a second at most, and taken away in the end', () => {
  const { clock, stderr, progress } = start({ isTTY: true })
  for (let i = 0; i < 100; i++) {
    progress.add(10, 2070)
    clock.advance(10)
  }
  expect(stderr().match(/\r/g)).toHaveLength(10)
  expect(stderr()).not.toContain('\n')
  expect(stderr()).toContain('1,000 lines produced, 1,000/s, 202.1 KiB')
  progress.end()
  expect(stderr()).toMatch(/\r\u001b\[K$/)
  clock.advance(10_000)
  expect(stderr().match(/\r/g)).toHaveLength(11)
})

test('off a terminal nothing, unless forced', () => {
  const { clock, stderr, progress } = start({ isTTY: false })
  progress.add(1, 1)
  clock.advance(5000)
  progress.end()
  expect(stderr()).toBe('')
})

test('forced, off a terminal: a plain line a second, and one in the end', () => {
  const { clock, stderr, progress } = start({ isTTY: false, forced: true })
  progress.add(1, 10)
  clock.advance(1999)
  expect(stderr()).toBe('1 line produced, 1/s, 10 B\n')
  progress.add(5, 2038)
  progress.end()
  expect(stderr()).toBe('1 line produced, 1/s, 10 B\n6 lines produced, 3/s, 2.0 KiB\n')
})

test.each([
  [0.1, 18, '18 s left'],
  [0.01, 198, '3 min left'],
  [0.0001, 19998, '6 h left'],
])('of %d the rest takes as long as what is done (%d s)', (share, _, left) => {
  const { clock, stderr, progress } = start({ isTTY: false, forced: true })
  progress.add(1, 1)
  progress.reach(share)
  clock.advance(1000)
  progress.clear()
  clock.advance(1000)
  expect(stderr()).toContain(`1 B, ${left}`)
})

test('numbers for people', () => {
  expect([0, 999, 1000, 1234567].map(formatCount)).toEqual(['0', '999', '1,000', '1,234,567'])
  expect([0, 1023, 1024, 1536, 5 * 1024 ** 3].map(formatBytes)).toEqual([
    '0 B',
    '1023 B',
    '1.0 KiB',
    '1.5 KiB',
    '5.0 GiB',
  ])
})
