import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { simpleDateFormat } from '../../../../src/lib/java/simple-date-format.ts'
import { RebalanceTimer, RecordCounter, type Interval } from '../../../../src/commands/perf/consume/counters.ts'
import type { RecordReader } from '../../../../src/lib/protocol/records/index.ts'
import { UserError } from '../../../../src/lib/errors.ts'
import { FakeClock } from '../../../support/fake-clock.ts'

describe('the date format', () => {
  const zone = process.env.TZ
  beforeAll(() => void (process.env.TZ = 'Europe/Berlin'))
  afterAll(() => void (zone === undefined ? delete process.env.TZ : (process.env.TZ = zone)))

  // What java.text.SimpleDateFormat writes in the same zone, in English.
  const NOVEMBER = 1_700_000_000_123
  const NEW_YEARS_EVE = 1_735_513_200_000 // Monday, 30 December 2024, midnight
  it.each([
    [NOVEMBER, 'yyyy-MM-dd HH:mm:ss:SSS', '2023-11-14 23:13:20:123'],
    [NOVEMBER, 'y yy yyy yyyyy', '2023 23 2023 02023'],
    [NOVEMBER, 'M MM MMM MMMM L LLL', '11 11 Nov November 11 Nov'],
    [NOVEMBER, 'w W D DDD d F', '46 3 318 318 14 2'],
    [NOVEMBER, 'E EEEE u uu', 'Tue Tuesday 2 02'],
    [NOVEMBER, 'h:mm a', '11:13 PM'],
    [NOVEMBER, 'K k H', '11 23 23'],
    [0, 'K k H h', '1 1 1 1'],
    [-3_600_000, 'K k H h hh a', '0 24 0 12 12 AM'],
    [NOVEMBER, 'S SS SSSS', '123 123 0123'],
    [NOVEMBER, 'Z X XX XXX', '+0100 +01 +0100 +01:00'],
    [NOVEMBER, 'z zzzz', 'CET Central European Standard Time'],
    [NOVEMBER, 'G', 'AD'],
    [NOVEMBER, "h 'o''clock'", "11 o'clock"],
    [NOVEMBER, "''yy''", "'23'"],
    [NOVEMBER, "'yyyy' (yyyy).", 'yyyy (2023).'],
    [NEW_YEARS_EVE, 'Y-w yyyy', '2025-1 2024'],
    [NEW_YEARS_EVE - 86_400_000 * 2, 'Y-w u', '2024-52 6'],
  ])('writes %d as "%s": %s', (time, pattern, text) => {
    expect(simpleDateFormat(pattern)(time)).toBe(text)
  })

  it('has Z for a zone without an offset', () => {
    process.env.TZ = 'UTC'
    expect(simpleDateFormat('X XXX Z z')(NOVEMBER)).toBe('Z Z +0000 UTC')
    process.env.TZ = 'Europe/Berlin'
  })

  it.each(['j', 'yyyy-B', 'XXXX', "'open", "yyyy 'x"])('refuses "%s"', (pattern) => {
    expect(() => simpleDateFormat(pattern)).toThrow(UserError)
  })
})

describe('the time without partitions', () => {
  const [a, b] = [
    { topic: 't', partition: 0 },
    { topic: 't', partition: 1 },
  ]

  it('counts until there is one, and again when the last is gone', () => {
    const clock = new FakeClock()
    const timer = new RebalanceTimer(clock, clock.now())
    clock.advance(30)
    timer.assigned([a, b])
    clock.advance(100)
    timer.revoked([a])
    clock.advance(7)
    timer.assigned([a])
    expect([timer.totalMs, timer.takeIntervalMs(), timer.takeIntervalMs()]).toEqual([30, 30, 0])
    timer.revoked([b, a])
    clock.advance(5)
    timer.assigned([b])
    expect([timer.totalMs, timer.takeIntervalMs(), timer.count]).toEqual([35, 5, 3])
  })
})

describe('the counting of records', () => {
  const record = (keyLength: number, valueLength: number): RecordReader => ({ keyLength, valueLength }) as RecordReader

  it('adds up keys and values, and no nulls', () => {
    const counter = new RecordCounter(new FakeClock(), 1000, () => {})
    counter.batch()
    for (const [key, value] of [
      [3, 10],
      [-1, 5],
      [0, -1],
    ] as const)
      counter.record(record(key, value))
    expect([counter.records, counter.bytes]).toEqual([3, 18])
  })

  it('ends an interval with the first record after its end', () => {
    const clock = new FakeClock(5000)
    const intervals: Interval[] = []
    const counter = new RecordCounter(clock, 1000, (interval) => intervals.push(interval))
    const take = (records: number): void => {
      counter.batch()
      for (let taken = 0; taken < records; taken += 1) counter.record(record(-1, 10))
    }
    take(2)
    clock.advance(1100)
    take(3)
    take(1)
    clock.advance(999)
    take(1)
    clock.advance(1)
    take(1)
    expect(intervals).toEqual([
      { startMs: 5000, endMs: 6100, records: 3, bytes: 30, intervalRecords: 3, intervalBytes: 30 },
      { startMs: 6100, endMs: 7100, records: 8, bytes: 80, intervalRecords: 5, intervalBytes: 50 },
    ])
  })
})
