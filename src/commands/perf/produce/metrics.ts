import type { MeteredClient } from '../../../lib/client/metered-client.ts'
import { clientMetrics, merge, metricGroup, perSecond, type Metrics } from '../metrics.ts'

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
