import { afterEach, expect, it } from 'vitest'
import { describeGroups } from '../../../../src/lib/client/admin/describe-groups.ts'
import { connectClient } from '../../../../src/lib/client/connect.ts'
import type { KafkaClient } from '../../../../src/lib/client/types.ts'
import { ConsumerGroupDescribe } from '../../../../src/lib/protocol/apis/consumer-group-describe.ts'
import { DescribeGroups } from '../../../../src/lib/protocol/apis/describe-groups.ts'
import { FindCoordinator } from '../../../../src/lib/protocol/apis/find-coordinator.ts'
import { FakeBroker, type FakeBrokerOptions } from '../../../support/fake-broker.ts'

const ABSENT = [0, -1] as const
let broker: FakeBroker
let client: KafkaClient

/** Kafka 3: no groups of other types than these two. */
async function start(versions: FakeBrokerOptions['versions']): Promise<void> {
  broker = await FakeBroker.start({
    versions: { ShareGroupDescribe: ABSENT, StreamsGroupDescribe: ABSENT, DescribeGroups: [0, 5], ...versions },
  })
  broker.on(FindCoordinator, ({ coordinatorKeys }) => ({
    coordinators: coordinatorKeys.map((key) => ({ key, nodeId: 1, host: '127.0.0.1', port: broker.port })),
  }))
  broker.on(DescribeGroups, ({ groups }) => ({
    groups: groups.map((groupId) => ({
      groupId,
      groupState: groupId === 'g' ? 'Empty' : 'Dead',
      protocolType: 'consumer',
    })),
  }))
  client = await connectClient({ bootstrapServers: [broker.address], clientId: 'kts/1', properties: new Map() })
}
afterEach(async () => {
  await client.close()
  await broker.stop()
})

it('asks for a classic group where consumer groups are switched off', async () => {
  await start({})
  broker.on(ConsumerGroupDescribe, ({ groupIds }) => ({
    groups: groupIds.map((groupId) => ({ groupId, errorCode: 35 })),
  }))
  const [described, missing] = await describeGroups(client, ['g', 'missing'])
  expect(described).toMatchObject({ groupId: 'g', error: null, description: { type: 'Classic', state: 'Empty' } })
  expect(missing).toMatchObject({ groupId: 'missing', description: null, error: { code: 'GROUP_ID_NOT_FOUND' } })
})

it('asks for a classic group where consumer groups are unknown', async () => {
  await start({ ConsumerGroupDescribe: ABSENT })
  expect(await describeGroups(client, ['g'])).toMatchObject([{ error: null, description: { type: 'Classic' } }])
  expect(broker.requests(ConsumerGroupDescribe)).toEqual([])
})
