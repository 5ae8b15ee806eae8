import { afterEach, beforeEach, expect, test } from 'vitest'
import { MemoryDisk } from '../../../../src/lib/broker/log/index.ts'
import type { RunningNode } from '../../../../src/lib/broker/start.ts'
import { AlterPartitionReassignments } from '../../../../src/lib/protocol/apis/alter-partition-reassignments.ts'
import { CreateTopics } from '../../../../src/lib/protocol/apis/create-topics.ts'
import { CONFIG_RESOURCE_TYPES } from '../../../../src/lib/protocol/apis/describe-configs.ts'
import { IncrementalAlterConfigs } from '../../../../src/lib/protocol/apis/incremental-alter-configs.ts'
import { Produce } from '../../../../src/lib/protocol/apis/produce.ts'
import { buildBatch } from '../../../../src/lib/protocol/records/index.ts'
import { JoinedCluster } from './support.ts'

const BATCHES = 30
const BATCH_BYTES = 100_000
const RATE = 200_000

let cluster: JoinedCluster
let leader: RunningNode
let follower: RunningNode
beforeEach(async () => {
  cluster = new JoinedCluster()
  leader = await cluster.startController()
  follower = await cluster.startBroker(2, new MemoryDisk(), { 'replica.fetch.max.bytes': String(BATCH_BYTES) })
  const assignments = [{ partitionIndex: 0, brokerIds: [1] }]
  await cluster.ask(leader, CreateTopics, {
    topics: [{ name: 'moved', numPartitions: -1, replicationFactor: -1, assignments }],
  })
  const records = buildBatch([{ timestamp: 0n, key: null, value: Buffer.alloc(BATCH_BYTES) }])
  for (let batch = 0; batch < BATCHES; batch += 1)
    await cluster.ask(leader, Produce, {
      acks: 1,
      timeoutMs: 1000,
      topicData: [{ topicId: idOf('moved'), partitionData: [{ index: 0, records }] }],
    })
})
afterEach(() => cluster.close())

const idOf = (name: string): string => leader.broker.cluster.topic(name)!.topicId
const copied = (): bigint => follower.broker.partitions.get('moved', 0)?.log.logEndOffset ?? 0n
const inSync = (): readonly number[] => leader.broker.cluster.topic('moved')!.partitions[0]!.isr

/** As kafka-reassign-partitions --throttle does. */
async function throttle(node: RunningNode, side: 'leader' | 'follower'): Promise<void> {
  const nodeId = node === leader ? '1' : '2'
  const set = (resourceType: number, resourceName: string, name: string, value: string) => ({
    resourceType,
    resourceName,
    configs: [{ name, value, configOperation: 0 }],
  })
  const { responses } = await cluster.ask(node, IncrementalAlterConfigs, {
    resources: [
      set(CONFIG_RESOURCE_TYPES.broker, nodeId, `${side}.replication.throttled.rate`, String(RATE)),
      set(CONFIG_RESOURCE_TYPES.topic, 'moved', `${side}.replication.throttled.replicas`, `0:${nodeId}`),
    ],
  })
  expect(responses.map(({ errorCode }) => errorCode)).toEqual([0, 0])
}

const move = () =>
  cluster.ask(leader, AlterPartitionReassignments, {
    timeoutMs: 1000,
    topics: [{ name: 'moved', partitions: [{ partitionIndex: 0, replicas: [1, 2] }] }],
  })

test('without a throttle a new replica is there at once', async () => {
  await move()
  await cluster.pass(2000)
  expect(inSync()).toEqual([1, 2])
})

test.each(['leader', 'follower'] as const)('a new replica comes at the rate of its throttle (%s)', async (side) => {
  await throttle(side === 'leader' ? leader : follower, side)
  await move()
  await cluster.pass(5000)
  const batches = (5 * RATE) / BATCH_BYTES
  expect(Number(copied())).toBeGreaterThan(batches / 2)
  expect(Number(copied())).toBeLessThanOrEqual(batches + 3)
  expect(inSync()).toEqual([1])
  await cluster.pass(15_000)
  expect(inSync()).toEqual([1, 2])
})

test('a throttle holds nobody back who is in sync', async () => {
  await move()
  await cluster.pass(2000)
  await throttle(leader, 'leader')
  await throttle(follower, 'follower')
  const records = buildBatch([{ timestamp: 0n, key: null, value: Buffer.alloc(BATCH_BYTES) }])
  for (let batch = 0; batch < BATCHES; batch += 1)
    await cluster.ask(leader, Produce, {
      acks: -1,
      timeoutMs: 1000,
      topicData: [{ topicId: idOf('moved'), partitionData: [{ index: 0, records }] }],
    })
  expect(Number(copied())).toBe(2 * BATCHES)
})
