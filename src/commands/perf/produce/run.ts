import { Hindrances } from '../../../lib/client/hindrances.ts'
import { GracefulShutdown } from '../../../lib/client/graceful-shutdown.ts'
import type { Context, Result } from '../../../lib/command/define.ts'
import { KafkaError } from '../../../lib/errors.ts'
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
  const notice = (line: string): void => void say({ stderr, program }, line)
  const failures = new Failures(notice)
  const payloadsFor = choosePayloads(values, context, live)
  const { client, settings } = await clientOf(values, context)
  if (warmupRecords > 0)
    live(`Warmup first ${warmupRecords} records. Steady state results will print after the complete test summary.`)
  const stop = new AbortController()
  const load = new Load({
    records,
    warmupRecords,
    reportingIntervalMs,
    clock,
    failures,
    transactionDurationMs: values.transactionDurationMs ?? TRANSACTION_MS,
    perSecond: parseThroughput(values.throughput) / producers,
    signal: AbortSignal.any([context.signal, stop.signal]),
    onWindow(window, beginsSteadyState) {
      if (beginsSteadyState) live('In steady state.')
      live(windowLine(window))
    },
  })
  const hindrances = new Hindrances({ clock, say: (line) => notice(behind(line, crew.waitingRecords)) })
  const crew = new Crew({ topic, client, settings, load, failures, hindrances }, context)
  const shutdown = startShutdown(crew, hindrances, notice, context)
  await crew.send(divide(records, producers), payloadsFor).finally(() => {
    shutdown.end()
    hindrances.close()
    stop.abort()
  })
  failures.end()
  const { all, steady } = load.totals()
  const report: Report = {
    topic,
    producers,
    failed: failures.count,
    all: figuresOf(all),
    steadyState: steady && figuresOf(steady),
  }
  const metrics = values.printMetrics ? crew.metrics(all.records, all.elapsedMs) : undefined
  const metricText = metrics ? metricLines(metrics) : ''
  return {
    data: { ...report, metrics },
    text: () => summaryLines(report) + metricText,
    table: () => summaryTable(report) + metricText,
    exitCode: failures.count > 0 && style === 'kts' ? 1 : 0,
  }
}

/** A run that is interrupted waits for what is under way, though not for long, and says what that is. */
function startShutdown(
  crew: Crew,
  hindrances: Hindrances,
  say: (line: string) => void,
  context: Context,
): GracefulShutdown {
  const { clock, signal, program } = context
  const records = (): string => `${crew.waitingRecords} ${crew.waitingRecords === 1 ? 'record' : 'records'}`
  context.lastWords(() =>
    crew.waitingRecords === 0
      ? []
      : [`${program}: ${records()} not sent: ${hindrances.explain('interrupted by a second signal')}`],
  )
  return new GracefulShutdown({
    signal,
    clock,
    say,
    pending: () => (crew.waitingRecords === 0 ? undefined : hindrances.aside(records())),
    giveUp(reason) {
      const error = new KafkaError('REQUEST_TIMED_OUT', hindrances.explain(reason))
      hindrances.close()
      crew.giveUp(error)
    },
  })
}

const behind = (line: string, count: number): string =>
  count === 0 ? line : `${line}, ${count} ${count === 1 ? 'record waits' : 'records wait'}`

/** Shares that differ by one record at most, the larger first: so the numbers that count up have no gap. */
function divide(records: number, producers: number): number[] {
  return Array.from({ length: producers }, (_, index) => Math.ceil((records - index) / producers))
}
