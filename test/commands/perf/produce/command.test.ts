import { describe, expect, it } from 'vitest'
import { perfProduce } from '../../../../src/commands/perf/produce/index.ts'
import { withDefaults, type PerfProduceValues } from '../../../../src/commands/perf/produce/options.ts'
import { producerProperties } from '../../../../src/commands/perf/produce/settings.ts'
import {
  figuresOf,
  summaryLines,
  summaryTable,
  windowLine,
  type Report,
} from '../../../../src/commands/perf/produce/report.ts'
import { argumentOf } from '../../../../src/lib/command/define.ts'
import { UserError } from '../../../../src/lib/errors.ts'
import apacheOptions from '../../../conformance/options.json' with { type: 'json' }
import { readValues } from '../../../support/run-command.ts'

function parse(line: string, style: 'kts' | 'drop-in' = 'drop-in'): PerfProduceValues {
  return readValues(perfProduce, line.split(' '), style) as PerfProduceValues
}

const SOUND = '--topic t --num-records 10 --record-size 5 --throughput -1'

describe('the options', () => {
  it("are those of Apache's tool under its name", () => {
    const known = perfProduce.options.map((option) => `--${option.name} ${argumentOf(option)}`)
    const theirs = apacheOptions.tools['kafka-producer-perf-test'].options.filter(
      ({ name }) => name !== '--help' && name !== '-h',
    )
    expect(theirs.length).toBeGreaterThan(15)
    for (const { name, argument } of theirs) expect(known).toContain(`${name} ${argument}`)
    expect(() => parse(`${SOUND} --producers 2`)).toThrow(/unknown option --producers/)
  })

  it.each([
    SOUND,
    `${SOUND} --warmup-records 9`,
    `${SOUND} --warmup-records -5`,
    '--topic t --num-records 1 --payload-monotonic --throughput 1e3',
    '--topic t --num-records 1 --payload-file f --payload-delimiter , --throughput .5',
    `${SOUND} --producer-props a=b c=d --producer.config f`,
  ])('are taken: %s', (line) => {
    expect(() => parse(line)).not.toThrow()
  })

  it('have defaults under kts alone', () => {
    const values = parse('load', 'kts')
    expect(values.topic).toBe('load')
    expect(withDefaults(values, 'kts')).toEqual({ numRecords: 100_000, recordSize: 100 })
    expect(withDefaults(parse('load -n 5 --payload-monotonic', 'kts'), 'kts')).toEqual({
      numRecords: 5,
      recordSize: undefined,
    })
    expect(() => parse('load --payload-monotonic --record-size 5', 'kts')).toThrow(/contradict/)
  })

  it.each([
    ['--num-records 1 --record-size 1 --throughput 1', /--topic is missing/],
    ['--topic t --record-size 1 --throughput 1', /--num-records is missing/],
    ['--topic t --num-records 1 --throughput 1', /one of --record-size, --payload-file and --payload-monotonic/],
    ['--topic t --num-records 1 --record-size 1', /--throughput is missing/],
    [`${SOUND} --payload-monotonic`, /--record-size and --payload-monotonic contradict/],
    ['--topic t --num-records 0 --record-size 1 --throughput 1', /--num-records must be above 0/],
    ['--topic t --num-records 1 --record-size 0 --throughput 1', /--record-size must be above 0/],
    ['--topic t --num-records 1 --record-size 536870912 --throughput 1', /--record-size must be at most 536870911/],
    ['--topic t --num-records 1 --record-size 1 --throughput fast', /--throughput takes a number/],
    ['--topic t --num-records 1 --record-size 1 --throughput 0', /would never end/],
    [`${SOUND} --warmup-records 10`, /--warmup-records must be below/],
    [`${SOUND} --reporting-interval 0`, /--reporting-interval must be above 0/],
    [`${SOUND} --transaction-duration-ms 0`, /--transaction-duration-ms must be above 0/],
    [`${SOUND} --command-config a --producer.config b`, /old name/],
    [`${SOUND} --command-property a=b --producer-props a=b`, /old name/],
  ])('are refused: %s', (line, message) => {
    expect(() => parse(line)).toThrow(UserError)
    expect(() => parse(line)).toThrow(message)
  })

  it('under kts need no throughput, and know several producers', () => {
    expect(parse('-t t -n 10 --record-size 5 --producers 10', 'kts')).toMatchObject({
      topic: 't',
      numRecords: 10,
      producers: 10,
    })
    expect(() => parse('-t t -n 10 --record-size 5 --producers 11', 'kts')).toThrow(/--producers 11 is more than/)
    expect(() => parse('-t t -n 10 --record-size 5 --producers 0', 'kts')).toThrow(/--producers must be above 0/)
  })
})

describe('the settings of the producer', () => {
  const properties = (line: string, file: Record<string, string> = {}, style: 'kts' | 'drop-in' = 'drop-in') =>
    Object.fromEntries(producerProperties(parse(line, style), new Map(Object.entries(file))))

  it('come from the file, and the command line goes before it', () => {
    expect(properties(`${SOUND} --command-property acks=1 linger.ms=5`, { acks: 'all', 'client.id': 'x' })).toEqual({
      acks: '1',
      'linger.ms': '5',
      'client.id': 'x',
    })
    expect(properties(`${SOUND} --producer-props acks=0`)).toEqual({ acks: '0' })
    expect(() => properties(`${SOUND} --command-property acks`)).toThrow(UserError)
  })

  it('name transactions when they are asked for', () => {
    expect(properties(`${SOUND} --transactional-id a --command-property transactional.id=b`)).toEqual({
      'transactional.id': 'a',
    })
    expect(properties(`${SOUND} --transaction-duration-ms 5 --command-property transactional.id=b`)).toEqual({
      'transactional.id': 'b',
    })
    expect(properties(`${SOUND} --transaction-duration-ms 5`)['transactional.id']).toMatch(
      /^performance-producer-[0-9a-f-]{36}$/,
    )
  })

  it('share the memory of one producer among several, unless it is set', () => {
    const line = '-t t -n 64 --record-size 5 --producers'
    expect(properties(`${line} 4`, {}, 'kts')).toEqual({ 'buffer.memory': '8388608' })
    expect(properties(`${line} 64`, {}, 'kts')).toEqual({ 'buffer.memory': '2097152' })
    expect(properties(`${line} 4 --command-property buffer.memory=5`, {}, 'kts')).toEqual({ 'buffer.memory': '5' })
    expect(properties(`${line} 1`, {}, 'kts')).toEqual({})
  })

  it('may name the brokers', () => {
    expect(perfProduce.servers!(parse(`${SOUND} --command-property acks=1 bootstrap.servers=h:1`))).toBe('h:1')
    expect(perfProduce.servers!(parse(`${SOUND} --producer-props bootstrap.servers=h:2`))).toBe('h:2')
    expect(perfProduce.servers!(parse(SOUND))).toBeUndefined()
  })
})

describe('the report', () => {
  const total = {
    records: 20_000,
    bytes: 20_000_000,
    elapsedMs: 4015,
    totalLatencyMs: 399_600,
    maxLatencyMs: 424,
    percentilesMs: [3, 120, 155, 165] as const,
  }
  const report: Report = {
    topic: 't',
    producers: 1,
    failed: 0,
    all: figuresOf(total),
    steadyState: figuresOf({
      ...total,
      records: 15_000,
      bytes: 15_000_000,
      elapsedMs: 3023,
      totalLatencyMs: 47_250,
      maxLatencyMs: 18,
      percentilesMs: [3, 6, 10, 16],
    }),
  }

  it("reads as Apache's", () => {
    expect(
      windowLine({ records: 5005, bytes: 5_005_000, elapsedMs: 1004, totalLatencyMs: 18_000, maxLatencyMs: 18 }),
    ).toBe('5005 records sent, 4985.1 records/sec (4.75 MB/sec), 3.6 ms avg latency, 18.0 ms max latency.')
    expect(summaryLines(report)).toBe(
      '20000 records sent, 4981.320050 records/sec (4.75 MB/sec), 19.98 ms avg latency, 424.00 ms max latency, 3 ms 50th, 120 ms 95th, 155 ms 99th, 165 ms 99.9th.\n' +
        '15000 steady state records sent, 4961.958320 records/sec (4.73 MB/sec), 3.15 ms avg latency, 18.00 ms max latency, 3 ms 50th, 6 ms 95th, 10 ms 99th, 16 ms 99.9th.\n',
    )
  })

  it("of nothing reads as Apache's as well", () => {
    const nothing = figuresOf({
      records: 0,
      bytes: 0,
      elapsedMs: 500,
      totalLatencyMs: 0,
      maxLatencyMs: 0,
      percentilesMs: [0, 0, 0, 0],
    })
    expect(summaryLines({ ...report, all: nothing, steadyState: undefined })).toBe(
      '0 records sent, 0.000000 records/sec (0.00 MB/sec), NaN ms avg latency, 0.00 ms max latency, 0 ms 50th, 0 ms 95th, 0 ms 99th, 0 ms 99.9th.\n',
    )
  })

  it('is a table for people', () => {
    const [head, all, steady] = summaryTable(report).split('\n')
    expect(head).toMatch(/RECORDS +SECONDS +RECORDS\/S/)
    expect(all).toMatch(/^all +20,000 +4\.01 +4,981 +4\.75 +19\.98 +424 +3 +120 +155 +165$/)
    expect(steady).toMatch(/^steady state +15,000 /)
  })
})
