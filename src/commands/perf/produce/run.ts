import type { Context, Result } from '../../../lib/command/define.ts'
import { metricLines } from '../metrics.ts'
import { parseThroughput } from './check.ts'
import { choosePayloads } from './choose-payloads.ts'
import { Crew } from './crew.ts'
import { Failures } from './failures.ts'
import { Load } from './load.ts'
import type { PerfProduceValues } from './options.ts'
import { figuresOf, summaryLines, summaryTable, windowLine, type Report } from './report.ts'
import { clientOf } from './settings.ts'
import { say } from '../../../lib/output/say.ts'

/** ProducerPerformance.DEFAULT_TRANSACTION_DURATION_MS */
const TRANSACTION_MS = 3000

/** Everything that the options say, from the payloads to the figures. */
export async function produce(values: PerfProduceValues, context: Context): Promise<Result> {
  const { clock, style, stdout, stderr, program } = context
  const { topic = '', numRecords: records = 0, producers = 1, reportingInterval: reportingIntervalMs = 5000 } = values
  const warmupRecords = Math.max(values.warmupRecords ?? 0, 0)
  // To us what is said on the way is no data.
  const live = (line: string): void => void (style === 'drop-in' ? stdout : stderr).write(`${line}\n`)
  const failures = new Failures((line) => void say({ stderr, program }, line))
  const payloadsFor = choosePayloads(values, context, live)
  const { client, settings } = await clientOf(values, context)
  if (warmupRecords > 0) live(`Warmup first ${warmupRecords} records. Steady state results will print after the complete test summary.`)
  const stop = new AbortController()
  const load = new Load({
    records, warmupRecords, reportingIntervalMs, clock, failures, transactionDurationMs: values.transactionDurationMs ?? TRANSACTION_MS,
    perSecond: parseThroughput(values.throughput) / producers,
    signal: AbortSignal.any([context.signal, stop.signal]),
    onWindow(window, beginsSteadyState) {
      if (beginsSteadyState) live('In steady state.')
      live(windowLine(window))
    },
  })
  const crew = new Crew({ topic, client, settings, load, failures }, context)
  await crew.send(divide(records, producers), payloadsFor).finally(() => stop.abort())
  failures.end()
  const { all, steady } = load.totals()
  const report: Report = { topic, producers, failed: failures.count, all: figuresOf(all), steadyState: steady && figuresOf(steady) }
  const metrics = values.printMetrics ? crew.metrics(all.records, all.elapsedMs) : undefined
  const metricText = metrics ? metricLines(metrics) : ''
  return {
    data: { ...report, metrics },
    text: () => summaryLines(report) + metricText,
    table: () => summaryTable(report) + metricText,
    exitCode: failures.count > 0 && style === 'kts' ? 1 : 0,
  }
}

/** Shares that differ by one record at most, the larger first: so the numbers that count up have no gap. */
function divide(records: number, producers: number): number[] {
  return Array.from({ length: producers }, (_, index) => Math.ceil((records - index) / producers))
}
