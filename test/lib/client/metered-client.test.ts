import { expect, test } from 'vitest'
import { MeteredClient } from '../../../src/lib/client/metered-client.ts'
import type { KafkaClient } from '../../../src/lib/client/types.ts'
import { Fetch } from '../../../src/lib/protocol/apis/fetch.ts'
import { Heartbeat } from '../../../src/lib/protocol/apis/heartbeat.ts'
import { Produce } from '../../../src/lib/protocol/apis/produce.ts'
import { blank } from '../../../src/lib/protocol/schema.ts'
import { FakeClock } from '../../support/fake-clock.ts'

test('requests, batches and fetched records are counted, and nothing is changed on the way', async () => {
  const clock = new FakeClock()
  const sent: unknown[] = []
  const fetched = {
    ...blank(Fetch.fields.response),
    responses: [
      { topic: 't', partitions: [{ records: Buffer.alloc(30) }, { records: null }, { records: Buffer.alloc(5) }] },
    ],
  }
  const inner = {
    send: async (...args: unknown[]) => {
      sent.push(args)
      clock.advance(7)
      return args[0] === Fetch ? fetched : 'answer'
    },
  } as unknown as KafkaClient
  const client = new MeteredClient(inner, clock)
  const produce = {
    topicData: [
      {
        partitionData: [
          { index: 0, records: Buffer.alloc(10) },
          { index: 1, records: Buffer.alloc(20) },
        ],
      },
    ],
  }
  expect(await client.send(Produce, produce, { nodeId: 3 })).toBe('answer')
  expect(await client.send(Fetch, {}, { nodeId: 3, lane: 'fetch' })).toBe(fetched)
  await client.send(Heartbeat, {})
  expect(sent).toEqual([
    [Produce, produce, { nodeId: 3 }],
    [Fetch, {}, { nodeId: 3, lane: 'fetch' }],
    [Heartbeat, {}, {}],
  ])
  expect(client.batchBytes).toMatchObject({ count: 2, total: 30, max: 20, average: 15 })
  expect(client.fetchBytes).toMatchObject({ count: 1, total: 35 })
  expect(client.fetchLatencyMs).toMatchObject({ count: 1, total: 7 })
  expect([...client.latencyMs].map(([nodeId, { count }]) => [nodeId, count])).toEqual([
    [3, 2],
    [-1, 1],
  ])
})
