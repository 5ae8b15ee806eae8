import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readApacheMoment, readMoment } from '../../../src/lib/config/moment.ts'

const NOW = new Date(2026, 2, 2, 15, 30).getTime()
const read = (text: string): number => readMoment('since', text, NOW)

describe('a moment', () => {
  it.each([
    ['1700000000000', 1_700_000_000_000],
    ['@1700000000', 1_700_000_000_000],
    ['@1700000000.5', 1_700_000_000_500],
    ['0', 0],
    ['1001', 1001],
    ['2023-11-14T22:13:20Z', 1_700_000_000_000],
    ['2023-11-14T23:13:20.5+01:00', 1_700_000_000_500],
    ['2023-11-14T23:13:20+0100', 1_700_000_000_000],
    ['2023-11-14T23:13+01', 1_699_999_980_000],
    ['2023-11-14 22:13:20Z', 1_700_000_000_000],
    ['2023-11-14 22:13:20.123456 Z', 1_700_000_000_123],
    ['1970-01-01T00:00:01Z', 1000],
    ['2024-02-29T00:00Z', Date.UTC(2024, 1, 29)],
  ])('%s names its zone', (text, moment) => {
    expect(read(text)).toBe(moment)
  })

  it.each([
    ['2023-11-14T22:13:20', new Date(2023, 10, 14, 22, 13, 20)],
    ['2023-11-14 22:13', new Date(2023, 10, 14, 22, 13)],
    ['2023-11-14', new Date(2023, 10, 14)],
    ['today', new Date(2026, 2, 2)],
    ['Yesterday', new Date(2026, 2, 1)],
    ['now', new Date(NOW)],
  ])('%s is local time', (text, moment) => {
    expect(read(text)).toBe(moment.getTime())
  })

  it.each([
    ['-90s', 90_000],
    ['-2h', 7_200_000],
    ['-1h30m', 5_400_000],
    ['-1.5d', 129_600_000],
    ['-2W', 1_209_600_000],
    ['-250ms', 250],
    ['-PT2H', 7_200_000],
    ['2h ago', 7_200_000],
    ['-P1DT1H', 90_000_000],
  ])('%s is so long ago', (text, ago) => {
    expect(read(text)).toBe(NOW - ago)
  })

  it.each([
    'soon',
    '-5',
    '-h',
    '-1x',
    '',
    '14.11.2023',
    '2h',
    'PT2H',
    '99999999999999999999',
    '-99999999999999w',
    '--2h',
    '2023-13-01',
    '2023-00-10',
    '2026-02-30',
    '2026-02-29',
    '2026-04-31T12:00',
    '2023-11-14T25:00:00Z',
    '2023-11-14T24:00',
    '2023-11-14T24:00:00Z',
    '2023-11-14T12:60Z',
    '2023-11-14T12:00:60Z',
    '2023-11-14T12:00+25:00',
    '2023-11-14T12:00+01:75',
    '1960-01-01',
    '-99999w',
    '1969-12-31T23:59:59Z',
  ])('is not "%s"', (text) => {
    expect(() => read(text)).toThrow(/^--since /)
  })

  it.each([
    ['20260301', /the day is 2026-03-01$/],
    ['20260301120000', /the day is 2026-03-01T12:00$/],
    ['202603011200', /the day is 2026-03-01T12:00$/],
    ['1700000000', /1970-01-20T16:13:20.000Z; as seconds it is @1700000000\./],
    ['2026', /1970-01-01T00:00:02.026Z\. If that is meant/],
    ['20260230', /this is 1970/],
    ['2h', /write -2h for that long ago$/],
    ['2026-02-30', /no such day$/],
    ['2026-03-01T25:00', /no such time of day$/],
    ['1960-01-01', /before 1970/],
  ])('says what is wrong with %s', (text, reason) => {
    expect(() => read(text)).toThrow(reason)
  })

  describe('where clocks are put forward', () => {
    const zone = process.env['TZ']
    beforeEach(() => {
      process.env['TZ'] = 'Europe/Berlin'
    })
    afterEach(() => {
      if (zone === undefined) delete process.env['TZ']
      else process.env['TZ'] = zone
    })

    it('is no local time that they leave out', () => {
      expect(() => read('2026-03-29 02:30')).toThrow('put forward')
      expect(read('2026-03-29 03:00')).toBe(Date.UTC(2026, 2, 29, 1))
      expect(read('2026-03-29T02:30Z')).toBe(Date.UTC(2026, 2, 29, 2, 30))
      expect(read('2026-10-25 02:30')).toBe(Date.UTC(2026, 9, 25, 0, 30))
    })
  })
})

/** Expectations from java.text.SimpleDateFormat of JDK 17, used as Utils.getDateTime does. */
describe("a moment of Apache's tools", () => {
  it.each([
    ['2026-01-31T12:00:00.000', 1769860800000],
    ['2026-01-31T12:00:00.000Z', 1769860800000],
    ['2026-01-31T13:30:00.000+01:30', 1769860800000],
    ['2026-01-31T13:30:00.000+0130', 1769862600000],
    ['2026-01-31T13:00:00.000+01', 1769860800000],
    ['2026-1-3T1:0:0.5Z', 1767402000005],
    ['2026-01-31T12:00:00.000Zjunk', 1769860800000],
    ['2026-01-31T12:00:00.000-00:30', 1769862600000],
    [' 2026-01-31T12:00:00.000Z', 1769860800000],
  ])('%s', (text, moment) => {
    expect(readApacheMoment(text)).toBe(moment)
  })

  it.each([
    '2026-01-31',
    '2026-01-31T12:00',
    '2026-01-31T12:00:00',
    '2026-01-31 12:00:00.000',
    'yesterday',
    '-2h',
    '978307200000',
    '2026-13-01T00:00:00.000',
    '2026-02-30T00:00:00.000Z',
    '2025-02-29T00:00:00.000',
    '2026-01-31T24:00:00.000Z',
    '2026-01-31T12:00:00.123456Z',
    '2026-01-31T12:00:00.000+25:00',
    '2026-01-31T12:00:00.000+1',
    '+2026-01-31T12:00:00.000Z',
    '2026-01-31T12:00:60.000Z',
    '2026-01-31T12:00:00.000z',
    '',
  ])('not %j', (text) => {
    expect(readApacheMoment(text)).toBeUndefined()
  })
})
