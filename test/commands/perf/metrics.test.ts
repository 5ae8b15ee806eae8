import { expect, test } from 'vitest'
import { metricGroup, metricLines } from '../../../src/commands/perf/metrics.ts'
import { producerMetrics } from '../../../src/commands/perf/produce/report.ts'
import { MeteredClient, Tally } from '../../../src/lib/client/metered-client.ts'
import { FakeClock } from '../../support/fake-clock.ts'

test("metrics are listed as Apache's tools list them", () => {
  const metrics = {
    ...metricGroup('b', { 'client-id': 'c', topic: 't' }, { rate: 1.23456, max: NaN }),
    ...metricGroup('a', {}, { version: '1' }),
  }
  expect(metricLines(metrics)).toBe(`
Metric Name                     Value
a:version:{}                  : 1
b:max:{client-id=c, topic=t}  : NaN
b:rate:{client-id=c, topic=t} : 1.235
`)
})

test('what several producers have counted is added up', () => {
  const clients = [1, 2].map((nodeId) => {
    const client = new MeteredClient(undefined as never, new FakeClock())
    client.batchBytes.add(100 * nodeId)
    const latencyMs = new Tally()
    for (const latency of [4, 8]) latencyMs.add(latency * nodeId)
    client.latencyMs.set(nodeId, latencyMs)
    return client
  })
  const metrics = producerMetrics(clients, {
    clientId: 'c',
    topic: 't',
    startMs: 5,
    elapsedMs: 2000,
    sent: 10,
    failed: 1,
  })
  expect(metrics).toMatchObject({
    'app-info:start-time-ms:{client-id=c}': '5',
    'producer-metrics:record-send-total:{client-id=c}': 10,
    'producer-metrics:record-send-rate:{client-id=c}': 5,
    'producer-metrics:record-error-total:{client-id=c}': 1,
    'producer-metrics:batch-size-avg:{client-id=c}': 150,
    'producer-metrics:batch-size-max:{client-id=c}': 200,
    'producer-metrics:request-total:{client-id=c}': 4,
    'producer-metrics:request-latency-avg:{client-id=c}': 9,
    'producer-node-metrics:request-latency-max:{client-id=c, node-id=node-2}': 16,
    'producer-topic-metrics:byte-rate:{client-id=c, topic=t}': 150,
  })
})
