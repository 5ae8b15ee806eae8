import { expect, it } from 'vitest'
import { readDuration } from '../../src/lib/duration.ts'

it.each([
  ['1h', 3_600_000],
  ['5m', 300_000],
  ['7d', 604_800_000],
  ['1h30m', 5_400_000],
  ['PT1H', 3_600_000],
  ['P2D', 172_800_000],
  ['250ms', 250],
  ['1.5s', 1500],
  ['2W', 1_209_600_000],
  ['pt1.5s', 1500],
  ['0s', 0],
])('%s is a length of time', (text, durationMs) => {
  expect(readDuration(text)).toBe(durationMs)
})

it.each(['', '5', '-1h', '-PT1H', 'h', '1x', '1h 30m', 'P1M', 'P1Y', 'PT', 'P', '1hh', 'soon'])(
  '%j is none',
  (text) => {
    expect(readDuration(text)).toBeUndefined()
  },
)
