import { afterEach, expect, it } from 'vitest'
import { fetchGroupOffsets } from '../../../../src/lib/client/admin/group-offsets.ts'
import { connectClient } from '../../../../src/lib/client/connect.ts'
import type { KafkaClient } from '../../../../src/lib/client/types.ts'
import { FindCoordinator } from '../../../../src/lib/protocol/apis/find-coordinator.ts'
import { Metadata } from '../../../../src/lib/protocol/apis/metadata.ts'
import { OffsetFetch } from '../../../../src/lib/protocol/apis/offset-fetch.ts'
import { FakeBroker } from '../../../support/fake-broker.ts'

let broker: FakeBroker
let client: KafkaClient
afterEach(async () => {
  await client.close()
  await broker.stop()
})

it('asks once for what several groups have committed, in a version that names the topics', async () => {
  broker = await FakeBroker.start({})
  broker.on(FindCoordinator, ({ coordinatorKeys }) => ({
    coordinators: coordinatorKeys.map((key) => ({ key, nodeId: 1, host: '127.0.0.1', port: broker.port })),
  }))
  broker.on(OffsetFetch, ({ groups }) => ({
    groups: groups.map(({ groupId }) => ({
      groupId,
      topics: [
        {
          name: `of-${groupId}`,
          partitions: [
            { partitionIndex: 1, committedOffset: 5n },
            { partitionIndex: 0, committedOffset: 3n },
            { partitionIndex: 2, committedOffset: -1n },
          ],
        },
      ],
    })),
  }))
  client = await connectClient({ bootstrapServers: [broker.address], clientId: 'kts/1', properties: new Map() })
  await client.brokers()
  const before = broker.requests(Metadata).length
  const committed = await fetchGroupOffsets(client, ['g', 'h'])
  expect(
    committed.map(({ offsets }) => offsets.map(({ topic, partition, offset }) => [topic, partition, offset])),
  ).toEqual([
    [
      ['of-g', 0, 3n],
      ['of-g', 1, 5n],
    ],
    [
      ['of-h', 0, 3n],
      ['of-h', 1, 5n],
    ],
  ])
  expect(broker.requests(OffsetFetch)).toMatchObject([{ version: 9 }])
  expect(broker.requests(Metadata)).toHaveLength(before)
})
