import { describe, expect, it } from 'vitest'
import { perfE2e } from '../../../../src/commands/perf/e2e/index.ts'
import { difference, messageMaker, type Message } from '../../../../src/commands/perf/e2e/messages.ts'
import type { PerfE2eValues } from '../../../../src/commands/perf/e2e/options.ts'
import { progressLine, reportOn, summaryLines, summaryTable } from '../../../../src/commands/perf/e2e/report.ts'
import { UserError } from '../../../../src/lib/errors.ts'
import { readValues } from '../../../support/run-command.ts'

function parse(line: string, style: 'kts' | 'drop-in' = 'drop-in'): PerfE2eValues {
  return readValues(perfE2e, line.split(' '), style) as PerfE2eValues
}

const SOUND = '--bootstrap-server h:1 --topic t --num-records 10 --producer-acks 1 --record-size 5'

describe('the options', () => {
  it.each([
    SOUND,
    `${SOUND} --record-key-size 3 --num-headers 2 --record-header-key-size 4 --record-header-size -1 --command-config f`,
    `${SOUND} --num-headers`,
  ])('are taken: %s', (line) => expect(() => parse(line)).not.toThrow())

  it.each([
    [SOUND.replace(/--topic t /, ''), /--topic is missing/],
    [SOUND.replace(/--num-records 10 /, ''), /--num-records is missing/],
    [SOUND.replace(/--producer-acks 1 /, ''), /--producer-acks is missing/],
    [SOUND.replace('acks 1', 'acks 0'), /--producer-acks is 1 or all/],
    [SOUND.replace('--record-size 5', ''), /--record-size is missing/],
    [SOUND.replace('size 5', 'size -1'), /--record-size must be 0 or more/],
    [SOUND.replace('records 10', 'records 0'), /--num-records must be above 0/],
    [`${SOUND} --record-key-size -1`, /--record-key-size must be/],
    [`${SOUND} --num-headers -1`, /--num-headers must be/],
    [`${SOUND} --record-header-size -2`, /--record-header-size must be/],
  ])('are refused: %s', (line, message) => {
    expect(() => parse(line.trim())).toThrow(UserError)
    expect(() => parse(line.trim())).toThrow(message)
  })

  it('may stand without their names, as they once did', () => {
    expect(parse('h:1 t 10 all 20')).toMatchObject({
      bootstrapServer: 'h:1',
      topic: 't',
      numRecords: 10,
      producerAcks: 'all',
      recordSize: 20,
      commandConfig: undefined,
    })
    expect(parse('h:1 t 10 1 20 f')).toMatchObject({ producerAcks: '1', commandConfig: 'f' })
    expect(() => parse('h:1 t 10 1')).toThrow(/5 or 6 values are expected, not 4/)
    expect(() => parse('h:1 t ten 1 20')).toThrow(/--num-records takes a whole number/)
  })

  it('under kts need no acks, and names', () => {
    expect(parse('-t t -n 10 --record-size 5', 'kts')).toMatchObject({ topic: 't', numRecords: 10 })
    expect(() => parse('h:1 t 10 all 20', 'kts')).toThrow(/unexpected argument/)
  })
})

describe('messages', () => {
  const make = (options: string): Message => messageMaker(parse(`${SOUND} ${options}`.trim()), () => 0.999)()

  it('have the sizes asked for', () => {
    expect(make('')).toEqual({ key: Buffer.alloc(0), value: Buffer.from('ZZZZZ'), headers: [] })
    expect(make('--record-key-size 2 --num-headers 2 --record-header-key-size 3 --record-header-size 1')).toEqual({
      key: Buffer.from('ZZ'),
      value: Buffer.from('ZZZZZ'),
      headers: [
        { key: 'ZZZ', value: Buffer.from('Z') },
        { key: 'ZZZ', value: Buffer.from('Z') },
      ],
    })
    expect(make('--num-headers 1 --record-header-size -1').headers).toEqual([{ key: '', value: null }])
  })

  const sent: Message = { key: Buffer.from('k'), value: Buffer.from('v'), headers: [{ key: 'h', value: null }] }
  it.each([
    [{}, undefined],
    [{ value: Buffer.from('w') }, 'The message value read [w] did not match the message value sent [v]'],
    [{ value: null }, 'The message value read [null] did not match the message value sent [v]'],
    [{ key: null }, 'The message key read [null] did not match the message key sent [k]'],
    [{ headers: [] }, '1 headers were sent, and 0 came back'],
    [{ headers: [{ key: 'h', value: Buffer.from('') }] }, 'Header 1 of the message read did not match the one sent'],
    [{ headers: [{ key: 'g', value: null }] }, 'Header 1 of the message read did not match the one sent'],
  ])('that come back with %j', (change, problem) => {
    expect(difference(sent, { ...sent, ...change })).toBe(problem)
  })
})

describe('the report', () => {
  const latencies = (): Float64Array =>
    Float64Array.from({ length: 1000 }, (_, index) => (999 - index) * 1_000_000 + 500_000)

  it("reads as Apache's: percentiles by index, in whole milliseconds", () => {
    expect(summaryLines(reportOn('t', latencies()))).toBe(
      'Avg latency: 500.0000 ms\nPercentiles: 50th = 500, 99th = 990, 99.9th = 999\n',
    )
    expect(progressLine(2000, 614_446)).toBe('2000\t0.614446')
    expect(progressLine(0, 42_000_000)).toBe('0\t42.0')
  })

  it('keeps the fractions in its data and its table', () => {
    const report = reportOn('t', latencies())
    expect(report).toEqual({
      topic: 't',
      records: 1000,
      latencyMs: { average: 500, p50: 500.5, p99: 990.5, 'p99.9': 999.5, max: 999.5 },
    })
    expect(summaryTable(report).split('\n')[1]).toMatch(/^ *1,000 +500\.000 +500\.500 +990\.500 +999\.500 +999\.500$/)
  })

  it('of one record is that record', () => {
    expect(summaryLines(reportOn('t', Float64Array.of(1_234_567)))).toBe(
      'Avg latency: 1.2346 ms\nPercentiles: 50th = 1, 99th = 1, 99.9th = 1\n',
    )
  })
})
