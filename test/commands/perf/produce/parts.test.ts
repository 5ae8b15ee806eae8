import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Failures } from '../../../../src/commands/perf/produce/load.ts'
import {
  LatencyStats,
  type Window,
  isSteady,
  latencyOf,
  lengthOf,
  MAX_LENGTH,
  stamp,
} from '../../../../src/commands/perf/produce/latencies.ts'
import {
  readPayloads,
  letterPool,
  ListedPayloads,
  MonotonicPayloads,
  RandomPayloads,
  type Payloads,
} from '../../../../src/commands/perf/produce/payloads.ts'
import { Throttle } from '../../../../src/commands/perf/produce/pace.ts'
import { KafkaError, UserError } from '../../../../src/lib/errors.ts'
import { createRandom } from '../../../../src/lib/weblog/random.ts'

describe('a stamp', () => {
  const HOURS = 60 * 60 * 1000
  it.each([
    [0, 0, false],
    [0, 0, true],
    [1_700_000_000_000, 1000, false],
    [1_700_000_000_001, MAX_LENGTH, true],
    [2 ** 24 - 1, MAX_LENGTH, false],
    [2 ** 24 - 1, MAX_LENGTH, true],
  ])('of %d ms, %d bytes, %s keeps all three', (sentMs, length, steady) => {
    const stamped = stamp(sentMs, length, steady)
    expect([latencyOf(stamped, sentMs), lengthOf(stamped), isSteady(stamped)]).toEqual([0, length, steady])
    expect(latencyOf(stamped, sentMs + 4 * HOURS)).toBe(4 * HOURS)
    expect(latencyOf(stamped, sentMs + 1)).toBe(1)
  })
})

describe('the statistics', () => {
  function collect(expected: number, intervalMs = 1000) {
    const windows: (Window & { isFirst: boolean })[] = []
    return {
      windows,
      stats: new LatencyStats(expected, intervalMs, 5000, (window, isFirst) => windows.push({ ...window, isFirst })),
    }
  }

  it('take the percentiles by index from the sorted latencies', () => {
    const { stats } = collect(1000)
    for (let latency = 999; latency >= 0; latency -= 1) stats.record(latency, 10, 5000)
    expect(stats.total(7000)).toEqual({
      records: 1000,
      bytes: 10_000,
      totalLatencyMs: 499_500,
      maxLatencyMs: 999,
      elapsedMs: 2000,
      percentilesMs: [500, 950, 990, 999],
    })
  })

  it('sample every n-th of more than half a million', () => {
    const { stats } = collect(1_000_000)
    for (let record = 0; record < 1_000_000; record += 1) stats.record(record % 2 === 0 ? 1 : 100, 1, 5000)
    expect(stats.total(6000)).toMatchObject({ records: 1_000_000, maxLatencyMs: 100, percentilesMs: [1, 1, 1, 1] })
  })

  it('of nothing are zeros', () => {
    expect(collect(3).stats.total(6000)).toMatchObject({
      records: 0,
      totalLatencyMs: 0,
      maxLatencyMs: 0,
      percentilesMs: [0, 0, 0, 0],
    })
  })

  it('end a window with the first record after its time, and begin the next there', () => {
    const { stats, windows } = collect(10)
    stats.record(5, 1, 5100)
    stats.record(7, 2, 6200)
    stats.record(1, 4, 6200)
    stats.record(9, 8, 7200)
    expect(windows).toEqual([
      { records: 2, bytes: 3, elapsedMs: 1200, totalLatencyMs: 12, maxLatencyMs: 7, isFirst: true },
      { records: 2, bytes: 12, elapsedMs: 1000, totalLatencyMs: 10, maxLatencyMs: 9, isFirst: false },
    ])
  })
})

describe('the throttle', () => {
  it('lets the rate through and holds back what is ahead of it', () => {
    const throttle = new Throttle(1000, 5000)
    expect(throttle.delayMs(1, 5000)).toBe(0)
    expect(throttle.delayMs(10, 5000)).toBe(10)
    expect(throttle.delayMs(10, 5009)).toBe(0)
    expect(throttle.delayMs(3000, 6000)).toBe(2000)
    expect(throttle.delayMs(1000, 9000)).toBe(0)
  })

  it('of a negative rate holds nothing back', () => {
    expect(new Throttle(-1, 5000).delayMs(1e9, 5000)).toBe(0)
  })
})

describe('payloads', () => {
  const take = (payloads: Payloads, count: number): string[] =>
    Array.from({ length: count }, () => {
      payloads.next()
      return payloads.buffer.toString('utf8', payloads.start, payloads.end)
    })

  it('of a size are capital letters, another piece each time', () => {
    const sizes = [1, 10, 1000, 1024]
    for (const size of sizes) {
      const drawn = take(new RandomPayloads(letterPool(size, createRandom(0)), size), 5000)
      expect(drawn.every((text) => text.length === size && /^[A-Z]+$/.test(text))).toBe(true)
      if (size > 1) expect(new Set(drawn).size).toBeGreaterThan(4990)
    }
  })

  it('of a list are all used', () => {
    const list = ['a', 'bb', 'ccc'].map((text) => Buffer.from(text))
    expect(new Set(take(new ListedPayloads(list, createRandom(1)), 100))).toEqual(new Set(['a', 'bb', 'ccc']))
  })

  it('that count go up in steps', () => {
    expect(take(new MonotonicPayloads(3, 4), 4)).toEqual(['3', '7', '11', '15'])
    expect(take(new MonotonicPayloads(999_999_999_999, 1), 2)).toEqual(['999999999999', '1000000000000'])
  })
})

describe('a payload file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kts-perf-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'payloads')
  const read = (text: string, delimiter: string): string[] => {
    writeFileSync(path, text)
    return readPayloads(path, delimiter).map(String)
  }

  // What java.util.Scanner makes of the same.
  it.each([
    ['a\n\nb', '\\n', ['a', '', 'b']],
    ['\na', '\\n', ['a']],
    ['\n\na', '\\n', ['', 'a']],
    ['a\n', '\\n', ['a']],
    ['a\n\n', '\\n', ['a', '']],
    ['\n', '\\n', []],
    ['\n\n', '\\n', ['']],
    ['abc', '', ['a', 'b', 'c']],
    ['a,b;c', '[,;]', ['a', 'b', 'c']],
    [',,a,,', ',+', ['a']],
    ['a.b', '.', ['', '']],
    ['aéb\n', 'é', ['a', 'b\n']],
    ['a1b2', '(\\d)', ['a', 'b']],
    ['a\nb', '\n', ['a', 'b']],
    ['a\r\nb', '\\n', ['a\r', 'b']],
  ])('%j divided at %j is %j', (text, delimiter, payloads) => {
    expect(read(text, delimiter)).toEqual(payloads)
  })

  it('has to be there and to hold something', () => {
    expect(() => read('', '\\n')).toThrow(`--payload-file ${path} is empty`)
    expect(() => readPayloads(join(folder, 'absent'), '\\n')).toThrow(/absent cannot be read: there is no such file/)
    expect(() => read('a', '(')).toThrow(UserError)
  })
})

describe('failures', () => {
  it('that differ in numbers alone are one reason', () => {
    const said: string[] = []
    const failures = new Failures((line) => said.push(line))
    for (const partition of [0, 1, 0, 12])
      failures.add(
        2,
        new KafkaError('MESSAGE_TOO_LARGE', `a batch of ${1000 + partition} bytes is too much for t-${partition}`),
      )
    failures.end()
    expect(said).toEqual([
      'records are not sent: MESSAGE_TOO_LARGE: a batch of 1000 bytes is too much for t-0',
      '8 records were not sent: MESSAGE_TOO_LARGE: a batch of 1000 bytes is too much for t-0, and the like',
    ])
  })

  it('are said once for each reason, and counted', () => {
    const said: string[] = []
    const failures = new Failures((line) => said.push(line))
    failures.add(2, new KafkaError('NOT_LEADER_OR_FOLLOWER', 'gone'))
    failures.add(3, new KafkaError('NOT_LEADER_OR_FOLLOWER', 'gone'))
    failures.add(1, new KafkaError('RECORD_LIST_TOO_LARGE'))
    failures.end()
    expect(failures.count).toBe(6)
    expect(said).toEqual([
      'records are not sent: NOT_LEADER_OR_FOLLOWER: gone',
      'records are not sent: RECORD_LIST_TOO_LARGE',
      '5 records were not sent: NOT_LEADER_OR_FOLLOWER: gone',
      '1 records were not sent: RECORD_LIST_TOO_LARGE',
    ])
  })
})
