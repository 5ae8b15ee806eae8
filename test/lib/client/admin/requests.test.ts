import { afterEach, beforeEach, expect, it } from 'vitest'
import { createPartitions } from '../../../../src/lib/client/admin/create-partitions.ts'
import { createTopics } from '../../../../src/lib/client/admin/create-topics.ts'
import { deleteTopics } from '../../../../src/lib/client/admin/delete-topics.ts'
import { describeConfigs } from '../../../../src/lib/client/admin/describe-configs.ts'
import { listPartitionReassignments } from '../../../../src/lib/client/admin/list-partition-reassignments.ts'
import { connectClient } from '../../../../src/lib/client/connect.ts'
import type { KafkaClient } from '../../../../src/lib/client/types.ts'
import { CreatePartitions } from '../../../../src/lib/protocol/apis/create-partitions.ts'
import { CreateTopics } from '../../../../src/lib/protocol/apis/create-topics.ts'
import { DeleteTopics } from '../../../../src/lib/protocol/apis/delete-topics.ts'
import { DescribeConfigs } from '../../../../src/lib/protocol/apis/describe-configs.ts'
import { ListPartitionReassignments } from '../../../../src/lib/protocol/apis/list-partition-reassignments.ts'
import { Metadata } from '../../../../src/lib/protocol/apis/metadata.ts'
import { FakeBroker } from '../../../support/fake-broker.ts'
import { startTwoNodes, type TwoNodes } from './two-nodes.ts'

let broker: FakeBroker
let controller: FakeBroker
let client: KafkaClient
let nodes: TwoNodes

beforeEach(async () => {
  nodes = await startTwoNodes()
  ;({ broker, controller, client } = nodes)
})
afterEach(() => nodes.close())

it("creates topics at the controller, with the broker's defaults for what is left open", async () => {
  controller.on(CreateTopics, () => ({
    topics: [
      { name: 'a', topicId: 'shihK9QrTzexn50XFz6CTQ', numPartitions: 3, replicationFactor: 1 },
      { name: 'b', errorCode: 36, errorMessage: 'It is there.' },
    ],
  }))
  const created = await createTopics(client, [
    { name: 'a', configs: new Map([['retention.ms', '5']]) },
    {
      name: 'b',
      assignments: [
        [1, 2],
        [2, 1],
      ],
    },
  ])
  expect(created).toEqual([
    { name: 'a', topicId: 'shihK9QrTzexn50XFz6CTQ', partitions: 3, replicationFactor: 1, error: null },
    {
      name: 'b',
      topicId: null,
      partitions: null,
      replicationFactor: null,
      error: { code: 'TOPIC_ALREADY_EXISTS', message: 'It is there.' },
    },
  ])
  expect(controller.requests(CreateTopics)[0]!.request).toMatchObject({
    topics: [
      {
        name: 'a',
        numPartitions: -1,
        replicationFactor: -1,
        assignments: [],
        configs: [{ name: 'retention.ms', value: '5' }],
      },
      {
        name: 'b',
        assignments: [
          { partitionIndex: 0, brokerIds: [1, 2] },
          { partitionIndex: 1, brokerIds: [2, 1] },
        ],
      },
    ],
    validateOnly: false,
  })
})

it('follows the controller when it has moved', async () => {
  controller.on(CreateTopics, () => {
    broker.on(Metadata, () => broker.metadata([], [controller]))
    return { topics: [{ name: 'a', errorCode: 41 }] }
  })
  broker.on(CreateTopics, () => ({ topics: [{ name: 'a' }] }))
  expect(await createTopics(client, [{ name: 'a' }])).toMatchObject([{ error: null }])
})

it('deletes topics by name, in the words of older brokers too', async () => {
  controller.on(DeleteTopics, () => ({ responses: [{ name: 'a' }, { name: 'b', errorCode: 73 }] }))
  expect(await deleteTopics(client, ['a', 'b'])).toEqual([
    { name: 'a', error: null },
    { name: 'b', error: { code: 'TOPIC_DELETION_DISABLED', message: 'TOPIC_DELETION_DISABLED' } },
  ])
  expect(controller.requests(DeleteTopics)[0]!.request).toMatchObject({
    topics: [{ name: 'a' }, { name: 'b' }],
    topicNames: [],
  })

  const old = await FakeBroker.start({ versions: { DeleteTopics: [1, 3] } })
  old.on(DeleteTopics, () => ({ responses: [{ name: 'a' }] }))
  const oldClient = await connectClient({ bootstrapServers: [old.address], clientId: 'kts/1', properties: new Map() })
  await deleteTopics(oldClient, ['a'])
  expect(old.requests(DeleteTopics)[0]!.request).toMatchObject({ topicNames: ['a'] })
  await oldClient.close()
  await old.stop()
})

it('adds partitions, with and without an assignment', async () => {
  controller.on(CreatePartitions, () => ({
    results: [{ name: 'a' }, { name: 'b', errorCode: 37, errorMessage: 'fewer' }],
  }))
  expect(
    await createPartitions(client, [
      { topic: 'a', count: 3 },
      { topic: 'b', count: 2, assignments: [[1]] },
    ]),
  ).toEqual([
    { topic: 'a', error: null },
    { topic: 'b', error: { code: 'INVALID_PARTITIONS', message: 'fewer' } },
  ])
  expect(controller.requests(CreatePartitions)[0]!.request).toMatchObject({
    topics: [
      { name: 'a', assignments: null },
      { name: 'b', assignments: [{ brokerIds: [1] }] },
    ],
  })
})

it('asks a broker for its own settings, and anybody for the rest', async () => {
  for (const node of [broker, controller]) {
    node.on(DescribeConfigs, ({ resources }) => ({
      results: resources.map(({ resourceType, resourceName }) => ({
        resourceType,
        resourceName,
        configs: [
          { name: 'at', value: `${node.nodeId}`, configSource: 4, synonyms: [{ name: 's', value: null, source: 5 }] },
        ],
      })),
    }))
  }
  const described = await describeConfigs(client, [
    { type: 'topic', name: 't' },
    { type: 'broker', name: '2' },
    { type: 'broker', name: '' },
  ])
  expect(described.map(({ type, name, configs }) => [type, name, configs[0]!.value])).toEqual([
    ['topic', 't', '1'],
    ['broker', '', '1'],
    ['broker', '2', '2'],
  ])
  expect(described[0]!.configs[0]).toEqual({
    name: 'at',
    value: '1',
    source: 'STATIC_BROKER_CONFIG',
    isReadOnly: false,
    isSensitive: false,
    synonyms: [{ name: 's', value: null, source: 'DEFAULT_CONFIG' }],
  })
})

it('lists reassignments, or throws what the broker says', async () => {
  controller.on(ListPartitionReassignments, () => ({
    topics: [{ name: 't', partitions: [{ partitionIndex: 1, replicas: [1, 2], addingReplicas: [2] }] }],
  }))
  expect(await listPartitionReassignments(client)).toEqual([
    { topic: 't', partition: 1, replicas: [1, 2], addingReplicas: [2], removingReplicas: [] },
  ])
  controller.on(ListPartitionReassignments, () => ({ errorCode: 31 }))
  await expect(listPartitionReassignments(client)).rejects.toMatchObject({ code: 'CLUSTER_AUTHORIZATION_FAILED' })
})
