import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeTopicIds, describeTopics } from '../../../../src/lib/client/admin/describe-topics.ts'
import { connectClient } from '../../../../src/lib/client/connect.ts'
import type { KafkaClient } from '../../../../src/lib/client/types.ts'
import {
  DescribeTopicPartitions,
  type DescribeTopicPartitionsRequest,
} from '../../../../src/lib/protocol/apis/describe-topic-partitions.ts'
import { Metadata } from '../../../../src/lib/protocol/apis/metadata.ts'
import { FakeBroker, type FakeBrokerOptions } from '../../../support/fake-broker.ts'

let broker: FakeBroker
let client: KafkaClient

const start = async (options: FakeBrokerOptions = {}) => {
  broker = await FakeBroker.start(options)
  client = await connectClient({ bootstrapServers: [broker.address], clientId: 'kts/1', properties: new Map() })
}

beforeEach(() => start())
afterEach(async () => {
  await client.close()
  await broker.stop()
})

const partition = (partitionIndex: number, leaderId = 1) => ({
  partitionIndex,
  leaderId,
  replicaNodes: [1],
  isrNodes: [1],
})

it('puts a topic together from several pages, and sorts topics and partitions', async () => {
  const all = [
    ['a', 0],
    ['a', 1],
    ['a', 2],
    ['b', 0],
    ['b', 1],
  ] as const
  broker.on(DescribeTopicPartitions, ({ topics, responsePartitionLimit, cursor }) => {
    const from = cursor
      ? all.findIndex(([name, index]) => name === cursor.topicName && index === cursor.partitionIndex)
      : 0
    const page = all
      .slice(from, from + responsePartitionLimit)
      .filter(([name]) => topics.some((topic) => topic.name === name))
    const next = all[from + responsePartitionLimit]
    const names = [...new Set(page.map(([name]) => name))]
    return {
      topics: names.map((name) => ({
        name,
        partitions: page
          .filter(([topic]) => topic === name)
          .map(([, index]) => partition(index))
          .reverse(),
      })),
      nextCursor: next ? { topicName: next[0], partitionIndex: next[1] } : null,
    }
  })
  const described = await describeTopics(client, ['b', 'a', 'b'], { partitionsPerResponse: 2 })
  expect(described.map(({ name, partitions }) => [name, partitions.map((item) => item.partition)])).toEqual([
    ['a', [0, 1, 2]],
    ['b', [0, 1]],
  ])
  const requests = broker
    .requests(DescribeTopicPartitions)
    .map(({ request }) => request as unknown as DescribeTopicPartitionsRequest)
  expect(requests.map(({ topics }) => topics.map(({ name }) => name))).toEqual([['a', 'b'], ['a', 'b'], ['b']])
})

it('stops at a cursor that does not move', async () => {
  broker.on(DescribeTopicPartitions, () => ({
    topics: [{ name: 'a', partitions: [] }],
    nextCursor: { topicName: 'a', partitionIndex: 0 },
  }))
  expect(await describeTopics(client, ['a'])).toHaveLength(1)
  expect(broker.requests(DescribeTopicPartitions)).toHaveLength(2)
})

it('gives a missing topic its error, and a partition without leader null', async () => {
  broker.on(DescribeTopicPartitions, () => ({
    topics: [
      { name: 'none', errorCode: 3 },
      { name: 'a', partitions: [{ ...partition(0, -1), eligibleLeaderReplicas: [2] }] },
    ],
  }))
  const [topic, missing] = await describeTopics(client, ['none', 'a'])
  expect(missing!.error).toMatchObject({ code: 'UNKNOWN_TOPIC_OR_PARTITION' })
  expect(topic!.partitions).toEqual([
    {
      partition: 0,
      leader: null,
      leaderEpoch: -1,
      replicas: [1],
      isr: [1],
      offlineReplicas: [],
      eligibleLeaderReplicas: [2],
      lastKnownElr: [],
    },
  ])
})

it('asks nothing when no topic is named', async () => {
  expect(await describeTopics(client, [])).toEqual([])
  expect(broker.requests(DescribeTopicPartitions)).toEqual([])
})

it('turns to Metadata where the broker is too old', async () => {
  await client.close()
  await broker.stop()
  await start({ versions: { DescribeTopicPartitions: [0, -1] } })
  broker.on(Metadata, () => broker.metadata([{ name: 'a', partitions: [partition(1), partition(0)] }]))
  const [topic] = await describeTopics(client, ['a'])
  expect(topic!.partitions).toMatchObject([
    { partition: 0, eligibleLeaderReplicas: null },
    { partition: 1, lastKnownElr: null },
  ])
  expect(broker.requests(Metadata).at(-1)?.request).toMatchObject({ allowAutoTopicCreation: false })
})

it('describes by id', async () => {
  const topicId = 'shihK9QrTzexn50XFz6CTQ'
  broker.on(Metadata, ({ topics }) =>
    broker.metadata(topics!.map((topic) => ({ name: 'a', topicId: topic.topicId, partitions: [partition(0)] }))),
  )
  expect(await describeTopicIds(client, [topicId])).toMatchObject([{ name: 'a', topicId }])
})
