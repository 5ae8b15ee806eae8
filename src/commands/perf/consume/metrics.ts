import type { MeteredClient } from '../../../lib/client/metered-client.ts'
import { clientMetrics, merge, metricGroup, perSecond, type Metrics } from '../metrics.ts'
import type { Report } from './report.ts'

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
