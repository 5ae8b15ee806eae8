import type { MeteredClient } from '../../../lib/client/metered-client.ts'
import { javaFixed } from '../../../lib/java/number.ts'
import { formatCount } from '../../../lib/output/progress.ts'
import { renderTable } from '../../../lib/output/table.ts'
import { clientMetrics, merge, metricGroup, perSecond, type Metrics } from '../metrics.ts'
import type { Interval } from './counters.ts'

/** What came of a run. Times in milliseconds since 1970, lengths of time in milliseconds. */
export interface Report {
  readonly startMs: number
  readonly endMs: number
  readonly records: number
  readonly bytes: number
  readonly rebalanceMs: number
}

const RATES =
  'data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec, rebalance.time.ms, fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec'

export const SUMMARY_HEADER = `start.time, end.time, ${RATES}`
export const INTERVAL_HEADER = `time, threadId, ${RATES}`

const mebibytes = (bytes: number): number => bytes / (1024 * 1024)
const cells = (...values: (string | number)[]): string => values.join(', ')
const places = (value: number): string => javaFixed(value, 4)

/** The row of the whole run, as Apache's tool prints it. */
export function summaryRow(
  { startMs, endMs, records, bytes, rebalanceMs }: Report,
  formatTime: (timeMs: number) => string,
): string {
  const elapsedMs = endMs - startMs
  const fetchMs = elapsedMs - rebalanceMs
  return cells(
    formatTime(startMs),
    formatTime(endMs),
    places(mebibytes(bytes)),
    places(mebibytes(bytes) / (elapsedMs / 1000)),
    records,
    places(records / (elapsedMs / 1000)),
    rebalanceMs,
    fetchMs,
    places(mebibytes(bytes) / (fetchMs / 1000)),
    places(records / (fetchMs / 1000)),
  )
}

/** The row of an interval, as Apache's tool prints it. */
export function intervalRow(interval: Interval, rebalanceMs: number, formatTime: (timeMs: number) => string): string {
  const { startMs, endMs, records, bytes, intervalRecords, intervalBytes } = interval
  const elapsedMs = endMs - startMs
  const fetchMs = elapsedMs - rebalanceMs
  const rate = (amount: number): string => places(fetchMs <= 0 ? 0 : (1000 * amount) / fetchMs)
  return cells(
    formatTime(endMs),
    0,
    places(mebibytes(bytes)),
    places((1000 * mebibytes(intervalBytes)) / elapsedMs),
    records,
    places((intervalRecords / elapsedMs) * 1000),
    rebalanceMs,
    fetchMs,
    rate(mebibytes(intervalBytes)),
    rate(intervalRecords),
  )
}

/** What a report comes to in a second. */
export function ratesOf({ startMs, endMs, records, bytes }: Report): {
  seconds: number
  recordsPerSecond: number
  mebibytesPerSecond: number
} {
  const seconds = (endMs - startMs) / 1000
  return { seconds, recordsPerSecond: records / seconds, mebibytesPerSecond: mebibytes(bytes) / seconds }
}

export function summaryTable(report: Report): string {
  const head = ['RECORDS', 'SECONDS', 'RECORDS/S', 'MIB', 'MIB/S', 'REBALANCE MS']
  const { seconds, recordsPerSecond, mebibytesPerSecond } = ratesOf(report)
  const row = [
    formatCount(report.records),
    seconds.toFixed(2),
    formatCount(Math.round(recordsPerSecond)),
    mebibytes(report.bytes).toFixed(2),
    mebibytesPerSecond.toFixed(2),
    String(report.rebalanceMs),
  ]
  return renderTable(head, [row], { right: head.map((_, column) => column) })
}

/** Those of Java's metrics that kts has counted. */
export function consumerMetrics(
  clients: readonly MeteredClient[],
  clientId: string,
  { startMs, endMs, records, rebalanceMs }: Report,
  rebalances: number,
): Metrics {
  const elapsedMs = endMs - startMs
  const fetchBytes = merge(clients.map((client) => client.fetchBytes))
  const fetchLatencyMs = merge(clients.map((client) => client.fetchLatencyMs))
  const tags = { 'client-id': clientId }
  return {
    ...clientMetrics('consumer', clients, { clientId, startMs, elapsedMs }),
    ...metricGroup('consumer-coordinator-metrics', tags, {
      'rebalance-total': rebalances,
      'rebalance-latency-total': rebalanceMs,
    }),
    ...metricGroup('consumer-fetch-manager-metrics', tags, {
      'records-consumed-total': records,
      'records-consumed-rate': perSecond(records, elapsedMs),
      'records-per-request-avg': records / fetchBytes.count,
      'fetch-total': fetchBytes.count,
      'fetch-rate': perSecond(fetchBytes.count, elapsedMs),
      'fetch-size-avg': fetchBytes.average,
      'fetch-size-max': fetchBytes.max,
      'fetch-latency-avg': fetchLatencyMs.average,
      'fetch-latency-max': fetchLatencyMs.max,
    }),
  }
}
