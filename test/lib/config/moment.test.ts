import { describe, expect, it } from 'vitest'
import { parseMoment } from '../../../src/lib/config/moment.ts'

const NOW = new Date(2026, 2, 2, 15, 30).getTime()

describe('a moment', () => {
  it.each([
    ['1700000000000', 1_700_000_000_000], ['2023-11-14T22:13:20Z', 1_700_000_000_000], ['2023-11-14T23:13:20.5+01:00', 1_700_000_000_500],
    ['2023-11-14T23:13:20+0100', 1_700_000_000_000], ['2023-11-14T23:13+01', 1_699_999_980_000], ['2023-11-14 22:13:20Z', 1_700_000_000_000],
  ])('%s names its zone', (text, moment) => {
    expect(parseMoment(text, NOW)).toBe(moment)
  })

  it.each([
    ['2023-11-14T22:13:20', new Date(2023, 10, 14, 22, 13, 20)], ['2023-11-14 22:13', new Date(2023, 10, 14, 22, 13)], ['2023-11-14', new Date(2023, 10, 14)],
    ['today', new Date(2026, 2, 2)], ['Yesterday', new Date(2026, 2, 1)], ['now', new Date(NOW)],
  ])('%s is local time', (text, moment) => {
    expect(parseMoment(text, NOW)).toBe(moment.getTime())
  })

  it.each([['-90s', 90_000], ['-2h', 7_200_000], ['-1h30m', 5_400_000], ['-1.5d', 129_600_000], ['-2W', 1_209_600_000], ['-250ms', 250]])('%s is so long ago', (text, ago) => {
    expect(parseMoment(text, NOW)).toBe(NOW - ago)
  })

  it.each(['soon', '2023-13-01', '2023-11-14T25:00:00Z', '-5', '2h', '-h', '-1x', '', '14.11.2023', '-99999w', '99999999999999999999'])('is not "%s"', (text) => {
    expect(parseMoment(text, NOW)).toBeUndefined()
  })
})
