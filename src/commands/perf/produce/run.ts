import { Hindrances } from '../../../lib/client/hindrances.ts'
import { GracefulShutdown } from '../../../lib/client/graceful-shutdown.ts'
import type { Result } from '../../../lib/command/define.ts'
import { KafkaError } from '../../../lib/errors.ts'
import type { Located } from '../../../lib/work/command.ts'
import { live, metricLines } from '../metrics.ts'
import { Failures, Load } from './load.ts'
import { parseThroughput, withDefaults, type PerfProduceValues } from './options.ts'
import type { PayloadsFor } from './payloads.ts'
import { Producers } from './producers.ts'
import { figuresOf, summaryLines, summaryTable, windowLine, type Report } from './report.ts'
import { sendingOf } from './settings.ts'

/** ProducerPerformance.DEFAULT_TRANSACTION_DURATION_MS */
const TRANSACTION_MS = 3000

/** Everything that the options say, from the payloads to the figures. */
export async function produce(order: Located<PerfProduceValues, PayloadsFor>): Promise<Result> {
  const { values, context, voice, input: payloadsFor } = order
  const { clock, style } = context
  const { topic = '', producers = 1, reportingInterval: reportingIntervalMs = 5000 } = values
  const { numRecords: records = 0 } = withDefaults(values, style)
  const warmupRecords = Math.max(values.warmupRecords ?? 0, 0)
  const failures = new Failures(voice.say)
  const sending = sendingOf(order)
  const say = (line: string): void => live(line, context)
  if (warmupRecords > 0)
    say(`Warmup first ${warmupRecords} records. Steady state results will print after the complete test summary.`)
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
      if (beginsSteadyState) say('In steady state.')
      say(windowLine(window))
    },
  })
  const hindrances = new Hindrances({ clock, say: (line) => voice.say(withWaiting(line, all.waitingRecords)) })
  const all = new Producers({ ...sending, topic, load, failures, hindrances }, order)
  const shutdown = startShutdown(all, hindrances, order)
  await all.send(divide(records, producers), payloadsFor).finally(() => {
    shutdown.end()
    hindrances.close()
    stop.abort()
  })
  failures.end()
  const totals = load.totals()
  const report: Report = {
    topic,
    producers,
    failed: failures.count,
    all: figuresOf(totals.all),
    steadyState: totals.steady && figuresOf(totals.steady),
  }
  const metrics = values.printMetrics ? all.metrics(totals.all.records, totals.all.elapsedMs) : undefined
  const metricText = metrics ? metricLines(metrics) : ''
  return {
    data: { ...report, metrics },
    text: () => summaryLines(report) + metricText,
    table: () => summaryTable(report) + metricText,
    exitCode: failures.count > 0 && style === 'kts' ? 1 : 0,
  }
}

/** A run that is interrupted waits for what is under way, though not for long, and says what that is. */
function startShutdown(all: Producers, hindrances: Hindrances, { context, voice }: Located<unknown>): GracefulShutdown {
  const { clock, signal, program } = context
  const records = (): string => `${all.waitingRecords} ${all.waitingRecords === 1 ? 'record' : 'records'}`
  context.lastWords(() =>
    all.waitingRecords === 0
      ? []
      : [`${program}: ${records()} not sent: ${hindrances.explain('interrupted by a second signal')}`],
  )
  return new GracefulShutdown({
    signal,
    clock,
    say: voice.say,
    pending: () => (all.waitingRecords === 0 ? undefined : hindrances.aside(records())),
    giveUp(reason) {
      const error = new KafkaError('REQUEST_TIMED_OUT', hindrances.explain(reason))
      hindrances.close()
      all.giveUp(error)
    },
  })
}

const withWaiting = (line: string, count: number): string =>
  count === 0 ? line : `${line}, ${count} ${count === 1 ? 'record waits' : 'records wait'}`

/** Shares that differ by one record at most, the larger first: so the numbers that count up have no gap. */
function divide(records: number, producers: number): number[] {
  return Array.from({ length: producers }, (_, index) => Math.ceil((records - index) / producers))
}
