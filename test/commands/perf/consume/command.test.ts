import { describe, expect, it } from 'vitest'
import { perfConsume } from '../../../../src/commands/perf/consume/index.ts'
import {
  consumerMetrics,
  INTERVAL_HEADER,
  intervalRow,
  SUMMARY_HEADER,
  summaryRow,
  summaryTable,
} from '../../../../src/commands/perf/consume/report.ts'
import { type PerfConsumeValues, consumerProperties } from '../../../../src/commands/perf/consume/options.ts'
import { argumentOf } from '../../../../src/lib/command/define.ts'
import type { Command } from '../../../../src/lib/work/command.ts'
import { UserError } from '../../../../src/lib/errors.ts'
import { runCommand, readValues } from '../../../support/run-command.ts'
import apacheOptions from '../../../conformance/options.json' with { type: 'json' }

type Style = 'kts' | 'drop-in'

function parse(line: string, style: Style = 'drop-in'): PerfConsumeValues {
  return readValues(perfConsume, line.split(' '), style) as PerfConsumeValues
}

describe('the options', () => {
  it("are those of Apache's tool under its name", () => {
    const known = perfConsume.options.map((option) => `--${option.name} ${argumentOf(option)}`)
    const theirs = apacheOptions.tools['kafka-consumer-perf-test'].options.filter(
      ({ name }) => name !== '--help' && name !== '--version',
    )
    expect(theirs.length).toBeGreaterThan(15)
    for (const { name, argument } of theirs) expect(known).toContain(`${name} ${argument}`)
  })

  it.each([
    '--topic t --num-records 1',
    '--include t.* --messages 1',
    '--topic t --num-records 1 --timeout',
    '--topic t --num-records 0 --timeout -1',
    '--topic t --num-records 1 --date-format yyyy',
  ])('are taken: %s', (line) => expect(() => parse(line)).not.toThrow())

  it.each([
    '--num-records 1',
    '--topic t --include t --num-records 1',
    '--include t( --num-records 1',
    '--topic t',
    '--topic t --num-records 1 --messages 1',
    '--topic t --num-records few',
    '--topic t --num-records 1 --reporting-interval 0',
    '--topic t --num-records 1 --date-format j',
    '--topic t --num-records 1 --command-config a --consumer.config b',
  ])('are refused: %s', (line) => expect(() => parse(line)).toThrow(UserError))
})

describe('the settings of the consumer', () => {
  const properties = (line: string, style: Style, file: Record<string, string> = {}) =>
    Object.fromEntries(
      consumerProperties(
        parse(`--topic t --num-records 1 ${line}`.trim(), style),
        new Map(Object.entries(file)),
        style,
      ),
    )

  it("under Apache's name are Apache's, whatever the properties say", () => {
    const { 'group.id': group, ...others } = properties(
      '--command-property group.id=x --command-property auto.offset.reset=latest',
      'drop-in',
      { 'check.crcs': 'true', 'fetch.min.bytes': '2' },
    )
    expect(group).toMatch(/^perf-consumer-\d{1,5}$/)
    expect(others).toEqual({
      'auto.offset.reset': 'earliest',
      'check.crcs': 'false',
      'max.partition.fetch.bytes': '1048576',
      'fetch.min.bytes': '2',
    })
    expect(properties('--group g --from-latest --fetch-size 5 --socket-buffer-size 6', 'drop-in')).toEqual({
      'group.id': 'g',
      'auto.offset.reset': 'latest',
      'check.crcs': 'false',
      'max.partition.fetch.bytes': '5',
      'receive.buffer.bytes': '6',
    })
  })

  it("under kts are the user's: no group without a word, and checksums are checked", () => {
    expect(properties('', 'kts')).toEqual({ 'auto.offset.reset': 'earliest' })
    expect(properties('--command-property group.id=x', 'kts', { 'auto.offset.reset': 'latest' })).toEqual({
      'group.id': 'x',
      'auto.offset.reset': 'latest',
    })
  })
})

describe('the report', () => {
  const format = (timeMs: number): string => `@${timeMs}`

  it("has a row for the run, as Apache's", () => {
    expect(SUMMARY_HEADER).toBe(
      'start.time, end.time, data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec, rebalance.time.ms, fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec',
    )
    expect(
      summaryRow({ startMs: 1000, endMs: 2016, records: 20_022, bytes: 20_010_080, rebalanceMs: 503 }, format),
    ).toBe('@1000, @2016, 19.0831, 18.7826, 20022, 19706.6929, 503, 513, 37.1990, 39029.2398')
    expect(summaryRow({ startMs: 1000, endMs: 1000, records: 0, bytes: 0, rebalanceMs: 0 }, format)).toBe(
      '@1000, @1000, 0.0000, NaN, 0, NaN, 0, 0, NaN, NaN',
    )
  })

  it("has a row for an interval, as Apache's", () => {
    expect(INTERVAL_HEADER).toBe(
      'time, threadId, data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec, rebalance.time.ms, fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec',
    )
    const interval = { startMs: 1000, endMs: 1269, records: 1, bytes: 1000, intervalRecords: 1, intervalBytes: 1000 }
    expect(intervalRow(interval, 257, format)).toBe('@1269, 0, 0.0010, 0.0035, 1, 3.7175, 257, 12, 0.0795, 83.3333')
    expect(intervalRow(interval, 269, format)).toBe('@1269, 0, 0.0010, 0.0035, 1, 3.7175, 269, 0, 0.0000, 0.0000')
  })

  it('is a table for people', () => {
    const [head, row] = summaryTable({
      startMs: 1000,
      endMs: 3000,
      records: 20_000,
      bytes: 2 * 1024 * 1024,
      rebalanceMs: 0,
    }).split('\n')
    expect(head).toMatch(/RECORDS +SECONDS +RECORDS\/S +MIB +MIB\/S +REBALANCE MS/)
    expect(row).toMatch(/^ *20,000 +2\.00 +10,000 +2\.00 +1\.00 +0$/)
  })

  it('counts nothing where nobody was reached', () => {
    const metrics = consumerMetrics([], 'c', { startMs: 0, endMs: 1000, records: 0, bytes: 0, rebalanceMs: 0 }, 0)
    expect(metrics).toMatchObject({
      'consumer-fetch-manager-metrics:fetch-total:{client-id=c}': 0,
      'consumer-metrics:request-total:{client-id=c}': 0,
    })
  })
})

describe('a cluster that is out of reach', () => {
  const args = ['--topic', 't', '--num-records', '1', '--timeout', '0', '--bootstrap-server', '127.0.0.1:1']

  it("is one without records under Apache's name", async () => {
    const { stdout, stderr, text, exitCode } = await runCommand(
      perfConsume as unknown as Command,
      [...args, '--date-format', "'x'"],
      { style: 'drop-in' },
    )
    expect(stdout).toBe(
      `${SUMMARY_HEADER}\nWARNING: Exiting before consuming the expected number of records: timeout (0 ms) exceeded. You can use the --timeout option to increase the timeout.\n`,
    )
    expect(text).toMatch(/^x, x, 0\.0000, \S+, 0, /)
    expect(stderr).toMatch(/Cannot reach the bootstrap server 127\.0\.0\.1:1/)
    expect(exitCode).toBe(0)
  })

  it('is an error under kts', async () => {
    await expect(runCommand(perfConsume as unknown as Command, args)).rejects.toThrow(
      /Cannot reach the bootstrap server/,
    )
  })
})
