import type { MeteredClient } from '../../../lib/client/metered-client.ts'
import { javaFixed } from '../../../lib/java/number.ts'
import { formatCount } from '../../../lib/output/progress.ts'
import { renderTable } from '../../../lib/output/table.ts'
import { clientMetrics, merge, metricGroup, perSecond, type Metrics } from '../metrics.ts'
import type { Total, Window } from './latencies.ts'

/** What came of a run; also the answer in JSON. */
export interface Report {
  readonly topic: string
  readonly producers: number
  /** Records that will never be sent. */
  readonly failed: number
  readonly all: Figures
  /** The same without the warm-up, where one was asked for. */
  readonly steadyState: Figures | undefined
}

export interface Figures {
  readonly records: number
  readonly seconds: number
  readonly recordsPerSecond: number
  readonly mebibytesPerSecond: number
  readonly latencyMs: Readonly<Record<'average' | 'max' | 'p50' | 'p95' | 'p99' | 'p99.9', number>>
}

export function figuresOf(total: Total): Figures {
  const [p50, p95, p99, p999] = total.percentilesMs
  return {
    records: total.records,
    seconds: total.elapsedMs / 1000,
    ...rates(total),
    latencyMs: { average: total.totalLatencyMs / total.records, max: total.maxLatencyMs, p50, p95, p99, 'p99.9': p999 },
  }
}

function rates({ records, bytes, elapsedMs }: Window): Pick<Figures, 'recordsPerSecond' | 'mebibytesPerSecond'> {
  return {
    recordsPerSecond: (1000 * records) / elapsedMs,
    mebibytesPerSecond: (1000 * bytes) / elapsedMs / (1024 * 1024),
  }
}

/** The line of an interval, as Apache's tool prints it, which has NaN where nothing was sent; without its end. */
export function windowLine(window: Window): string {
  const { recordsPerSecond, mebibytesPerSecond } = rates(window)
  const { records, totalLatencyMs, maxLatencyMs } = window
  return (
    `${records} records sent, ${javaFixed(recordsPerSecond, 1)} records/sec (${javaFixed(mebibytesPerSecond, 2)} MB/sec), ` +
    `${javaFixed(totalLatencyMs / records, 1)} ms avg latency, ${javaFixed(maxLatencyMs, 1)} ms max latency.`
  )
}

/** The closing lines of Apache's tool. */
export function summaryLines({ all, steadyState }: Report): string {
  return summaryLine(all, '') + (steadyState ? summaryLine(steadyState, ' steady state') : '')
}

function summaryLine({ records, recordsPerSecond, mebibytesPerSecond, latencyMs }: Figures, what: string): string {
  return (
    `${records}${what} records sent, ${javaFixed(recordsPerSecond, 6)} records/sec (${javaFixed(mebibytesPerSecond, 2)} MB/sec), ` +
    `${javaFixed(latencyMs.average, 2)} ms avg latency, ${javaFixed(latencyMs.max, 2)} ms max latency, ` +
    `${latencyMs.p50} ms 50th, ${latencyMs.p95} ms 95th, ${latencyMs.p99} ms 99th, ${latencyMs['p99.9']} ms 99.9th.\n`
  )
}

const HEAD = ['', 'RECORDS', 'SECONDS', 'RECORDS/S', 'MIB/S', 'AVG MS', 'MAX MS', '50 %', '95 %', '99 %', '99.9 %']

export function summaryTable({ all, steadyState }: Report): string {
  const rows = [row('all', all), ...(steadyState ? [row('steady state', steadyState)] : [])]
  return renderTable(HEAD, rows, { right: HEAD.map((_, column) => column).slice(1) })
}

function row(name: string, { records, seconds, recordsPerSecond, mebibytesPerSecond, latencyMs }: Figures): string[] {
  return [
    name,
    formatCount(records),
    seconds.toFixed(2),
    formatCount(Math.round(recordsPerSecond)),
    mebibytesPerSecond.toFixed(2),
    ...(records === 0 ? Array<string>(6).fill('-') : latencyCells(latencyMs)),
  ]
}

const latencyCells = ({ average, ...others }: Figures['latencyMs']): string[] => [
  average.toFixed(2),
  ...[others.max, others.p50, others.p95, others.p99, others['p99.9']].map(String),
]

export interface Counted {
  readonly clientId: string
  readonly topic: string
  readonly startMs: number
  readonly elapsedMs: number
  readonly sent: number
  readonly failed: number
}

/** Those of Java's metrics that kts has counted, for all producers together. */
export function producerMetrics(clients: readonly MeteredClient[], counted: Counted): Metrics {
  const { clientId, topic, elapsedMs, sent, failed } = counted
  const batches = merge(clients.map(({ batchBytes }) => batchBytes))
  const records = {
    'record-send-total': sent,
    'record-send-rate': perSecond(sent, elapsedMs),
    'record-error-total': failed,
    'record-error-rate': perSecond(failed, elapsedMs),
  }
  return {
    ...clientMetrics('producer', clients, counted),
    ...metricGroup(
      'producer-metrics',
      { 'client-id': clientId },
      { ...records, 'batch-size-avg': batches.average, 'batch-size-max': batches.max },
    ),
    ...metricGroup(
      'producer-topic-metrics',
      { 'client-id': clientId, topic },
      {
        ...records,
        'byte-total': batches.total,
        'byte-rate': perSecond(batches.total, elapsedMs),
      },
    ),
  }
}
