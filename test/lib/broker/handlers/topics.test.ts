import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { CreatePartitions } from '../../../../src/lib/protocol/apis/create-partitions.ts'
import { CreateTopics } from '../../../../src/lib/protocol/apis/create-topics.ts'
import { DeleteTopics, type DeleteTopicsRequest } from '../../../../src/lib/protocol/apis/delete-topics.ts'
import { InitProducerId } from '../../../../src/lib/protocol/apis/init-producer-id.ts'
import { DescribeTopicPartitions } from '../../../../src/lib/protocol/apis/describe-topic-partitions.ts'
import { ListPartitionReassignments } from '../../../../src/lib/protocol/apis/list-partition-reassignments.ts'
import { Metadata } from '../../../../src/lib/protocol/apis/metadata.ts'
import { MemoryDisk } from '../../../../src/lib/broker/log/index.ts'
import { ERRORS } from '../../../../src/lib/protocol/errors.ts'
import { ZERO_UUID, type Input } from '../../../../src/lib/protocol/schema.ts'
import { TestBroker } from '../../../support/broker.ts'

let broker: TestBroker
beforeEach(() => {
  broker = new TestBroker()
})
afterEach(() => broker.close())

const names = async (): Promise<(string | null)[]> =>
  (await broker.send(Metadata, { topics: null })).topics.map(({ name }) => name).sort()

describe('CreateTopics', () => {
  const create = async (
    ...topics: Parameters<
      typeof broker.send<typeof CreateTopics.fields.request, typeof CreateTopics.fields.response>
    >[1]['topics'] &
      object
  ) => (await broker.send(CreateTopics, { topics })).topics

  test('makes topics with what was asked, or the defaults, and tells their settings', async () => {
    const [asked, defaults] = await create(
      { name: 'asked', numPartitions: 3, replicationFactor: 1, configs: [{ name: 'retention.ms', value: '5000' }] },
      { name: 'defaults', numPartitions: -1, replicationFactor: -1 },
    )
    expect(asked).toMatchObject({ errorCode: 0, numPartitions: 3, replicationFactor: 1 })
    expect(asked!.configs).toContainEqual(
      expect.objectContaining({ name: 'retention.ms', value: '5000', configSource: 1 }),
    )
    expect(defaults).toMatchObject({ errorCode: 0, numPartitions: 1, replicationFactor: 1 })
    expect(defaults!.topicId).not.toBe(ZERO_UUID)
    expect(await names()).toEqual(['asked', 'defaults'])
  })

  test.each([
    ['a name with a space', { name: 'a b' }, ERRORS.INVALID_TOPIC_EXCEPTION],
    ['no partitions', { name: 'a', numPartitions: 0, replicationFactor: 1 }, ERRORS.INVALID_PARTITIONS],
    [
      'more replicas than brokers',
      { name: 'a', numPartitions: 1, replicationFactor: 2 },
      ERRORS.INVALID_REPLICATION_FACTOR,
    ],
    ['no replicas', { name: 'a', numPartitions: 1, replicationFactor: 0 }, ERRORS.INVALID_REPLICATION_FACTOR],
    [
      'an unknown setting',
      { name: 'a', numPartitions: 1, replicationFactor: 1, configs: [{ name: 'no.such', value: '1' }] },
      ERRORS.INVALID_CONFIG,
    ],
    [
      'a setting without value',
      { name: 'a', numPartitions: 1, replicationFactor: 1, configs: [{ name: 'retention.ms', value: null }] },
      ERRORS.INVALID_CONFIG,
    ],
    [
      'a broker that is not there',
      { name: 'a', numPartitions: -1, replicationFactor: -1, assignments: [{ partitionIndex: 0, brokerIds: [9] }] },
      ERRORS.INVALID_REPLICA_ASSIGNMENT,
    ],
    [
      'a replica twice',
      { name: 'a', numPartitions: -1, replicationFactor: -1, assignments: [{ partitionIndex: 0, brokerIds: [1, 1] }] },
      ERRORS.INVALID_REPLICA_ASSIGNMENT,
    ],
    [
      'a gap in the partitions',
      { name: 'a', numPartitions: -1, replicationFactor: -1, assignments: [{ partitionIndex: 1, brokerIds: [1] }] },
      ERRORS.INVALID_REPLICA_ASSIGNMENT,
    ],
    [
      'an assignment and a count',
      { name: 'a', numPartitions: 1, replicationFactor: -1, assignments: [{ partitionIndex: 0, brokerIds: [1] }] },
      ERRORS.INVALID_REQUEST,
    ],
  ])('refuses %s, and makes nothing', async (_, topic, errorCode) => {
    const [answer] = await create(topic)
    expect(answer).toMatchObject({ name: topic.name, errorCode })
    expect(answer!.errorMessage).not.toBe('')
    expect(await names()).toEqual([])
  })

  test('makes no more than ten thousand partitions for one request', async () => {
    const topics = [
      ['a', 6000],
      ['b', 4001],
      ['c', -5],
    ].map(([name, numPartitions]) => ({
      name: name as string,
      numPartitions: numPartitions as number,
      replicationFactor: 1,
    }))
    expect(await create(...topics)).toMatchObject(
      topics.map(({ name }) => ({ name, errorCode: ERRORS.POLICY_VIOLATION })),
    )
    expect(await create({ ...topics[0]!, numPartitions: 2 ** 31 - 1 })).toMatchObject([
      { errorCode: ERRORS.POLICY_VIOLATION },
    ])
    expect(await names()).toEqual([])
    const answer = await broker.send(CreateTopics, {
      topics: [{ ...topics[0]!, numPartitions: 10_000 }],
      validateOnly: true,
    })
    expect(answer.topics).toMatchObject([{ errorCode: 0, numPartitions: 10_000 }])
  })

  test('refuses a second topic of a name, one whose name collides, and one named twice in a request', async () => {
    await create({ name: 'a.b', numPartitions: 1, replicationFactor: 1 })
    expect((await create({ name: 'a.b', numPartitions: 1, replicationFactor: 1 }))[0]!.errorCode).toBe(
      ERRORS.TOPIC_ALREADY_EXISTS,
    )
    expect((await create({ name: 'a_b', numPartitions: 1, replicationFactor: 1 }))[0]!.errorCode).toBe(
      ERRORS.INVALID_TOPIC_EXCEPTION,
    )
    const twice = { name: 'c', numPartitions: 1, replicationFactor: 1 }
    expect(await create(twice, twice)).toMatchObject([{ name: 'c', errorCode: ERRORS.INVALID_REQUEST }])
    expect(await names()).toEqual(['a.b'])
  })

  test('only checks with validateOnly', async () => {
    const { topics } = await broker.send(CreateTopics, {
      validateOnly: true,
      topics: [{ name: 'a', numPartitions: 2, replicationFactor: 1 }],
    })
    expect(topics[0]).toMatchObject({ errorCode: 0, numPartitions: 2 })
    expect(await names()).toEqual([])
  })

  test('keeps topics, ids and settings across a restart', async () => {
    const topicId = await broker.createTopic('kept', { partitions: 2, configs: { 'cleanup.policy': 'compact' } })
    await broker.createTopic('gone')
    await broker.send(DeleteTopics, { topics: [{ name: 'gone' }] })
    broker.close()
    broker = new TestBroker({ fileSystem: broker.fileSystem })
    expect(await names()).toEqual(['kept'])
    expect(broker.node.broker.cluster.topicById(topicId)).toMatchObject({
      name: 'kept',
      configs: new Map([['cleanup.policy', 'compact']]),
    })
  })
})

describe('DeleteTopics', () => {
  test('removes by name and by id, and leaves no folder behind', async () => {
    await broker.createTopic('a', { partitions: 2 })
    const topicId = await broker.createTopic('b')
    const { responses } = await broker.send(DeleteTopics, {
      topics: [
        { name: 'a' },
        { name: null, topicId },
        { name: 'c' },
        { name: null, topicId: 'BBBBBBBBBBBBBBBBBBBBBA' },
      ],
    })
    expect(responses.map(({ name, errorCode }) => [name, errorCode])).toEqual([
      ['a', 0],
      ['c', ERRORS.UNKNOWN_TOPIC_OR_PARTITION],
      ['b', 0],
      [null, ERRORS.UNKNOWN_TOPIC_ID],
    ])
    expect(await names()).toEqual([])
    broker.clock.advance(120_000)
    expect(broker.fileSystem.list('/data').filter((name) => /^[ab]-/.test(name))).toEqual([])
  })

  test('deletes nothing that is named twice', async () => {
    await broker.createTopic('a')
    const b = await broker.createTopic('b')
    const c = await broker.createTopic('c')
    const answers = async (version: number, request: Input<DeleteTopicsRequest>) =>
      (await broker.send(DeleteTopics, request, version)).responses.map(
        ({ name, topicId, errorCode, errorMessage }) => [name, topicId, errorCode, errorMessage],
      )
    const none = ZERO_UUID
    const request = {
      topics: [
        { name: 'a', topicId: none },
        { name: null, topicId: b },
        { name: 'a', topicId: none },
        { name: null, topicId: b },
        { name: null, topicId: c },
        { name: 'c', topicId: none },
        { name: 'a', topicId: b },
      ],
    }
    const { INVALID_REQUEST } = ERRORS
    expect(await answers(6, request)).toEqual([
      ['a', none, INVALID_REQUEST, 'Duplicate topic name.'],
      ['c', c, INVALID_REQUEST, 'The provided topic name maps to an ID that was already supplied.'],
      ['a', b, INVALID_REQUEST, 'You may not specify both topic name and topic id.'],
      [null, b, INVALID_REQUEST, 'Duplicate topic id.'],
    ])
    expect(await answers(5, { topicNames: ['a', 'a', 'b'] })).toEqual([
      ['a', none, INVALID_REQUEST, 'Duplicate topic name.'],
      ['b', none, 0, null],
    ])
    expect(await names()).toEqual(['a', 'c'])
  })

  test('a topic made again under the name of a deleted one is empty', async () => {
    await broker.createTopic('a')
    await broker.produce('a', ['old'])
    await broker.send(DeleteTopics, { topics: [{ name: 'a' }] })
    await broker.createTopic('a')
    expect(await broker.fetch('a', 0n)).toMatchObject({ errorCode: 0, highWatermark: 0n, values: [] })
  })

  test('can be switched off', async () => {
    broker.close()
    broker = new TestBroker({ properties: { 'delete.topic.enable': 'false' } })
    await broker.createTopic('a')
    expect((await broker.send(DeleteTopics, { topics: [{ name: 'a' }] })).responses[0]!.errorCode).toBe(
      ERRORS.TOPIC_DELETION_DISABLED,
    )
    expect((await broker.send(DeleteTopics, { topicNames: ['a'] }, 2)).responses[0]!.errorCode).toBe(
      ERRORS.INVALID_REQUEST,
    )
    expect(await names()).toEqual(['a'])
  })
})

describe('CreatePartitions', () => {
  const extend = async (
    name: string,
    count: number,
    options: { validateOnly?: boolean; assignments?: { brokerIds: number[] }[] } = {},
  ) => {
    const { validateOnly = false, assignments = null } = options
    return (await broker.send(CreatePartitions, { validateOnly, topics: [{ name, count, assignments }] })).results[0]!
  }

  test('adds partitions, which can be written to', async () => {
    await broker.createTopic('a')
    await broker.produce('a', ['kept'])
    expect((await extend('a', 3)).errorCode).toBe(0)
    expect((await broker.produce('a', ['new'], { partition: 2 })).errorCode).toBe(0)
    expect((await broker.fetch('a', 0n)).values).toEqual(['kept'])
  })

  test('never takes any away, and knows what it cannot do', async () => {
    await broker.createTopic('a', { partitions: 2 })
    expect(await extend('a', 1)).toMatchObject({
      errorCode: ERRORS.INVALID_PARTITIONS,
      errorMessage: 'The topic a currently has 2 partition(s); 1 would not be an increase.',
    })
    expect(await extend('a', 2)).toMatchObject({
      errorCode: ERRORS.INVALID_PARTITIONS,
      errorMessage: 'Topic already has 2 partition(s).',
    })
    expect((await extend('none', 2)).errorCode).toBe(ERRORS.UNKNOWN_TOPIC_OR_PARTITION)
    expect((await extend('a', 4, { assignments: [{ brokerIds: [1] }] })).errorCode).toBe(
      ERRORS.INVALID_REPLICA_ASSIGNMENT,
    )
    expect((await extend('a', 3, { assignments: [{ brokerIds: [2] }] })).errorCode).toBe(
      ERRORS.INVALID_REPLICA_ASSIGNMENT,
    )
    expect((await extend('a', 2 ** 31 - 1)).errorCode).toBe(ERRORS.POLICY_VIOLATION)
    expect((await extend('a', 4, { validateOnly: true })).errorCode).toBe(0)
    expect(broker.node.broker.cluster.topic('a')!.partitions).toHaveLength(2)
  })
})

describe('Metadata', () => {
  test('makes a topic that is mentioned, where both sides want it', async () => {
    const ask = (name: string, allowAutoTopicCreation: boolean) =>
      broker.send(Metadata, { topics: [{ name }], allowAutoTopicCreation }).then(({ topics }) => topics[0]!)
    expect((await ask('a', false)).errorCode).toBe(ERRORS.UNKNOWN_TOPIC_OR_PARTITION)
    expect(await names()).toEqual([])
    expect(await ask('a', true)).toMatchObject({
      errorCode: 0,
      name: 'a',
      partitions: [{ partitionIndex: 0, leaderId: 1, leaderEpoch: 0, isrNodes: [1] }],
    })
    expect((await ask('a b', true)).errorCode).toBe(ERRORS.INVALID_TOPIC_EXCEPTION)
    broker.close()
    broker = new TestBroker({ properties: { 'auto.create.topics.enable': 'false' } })
    expect((await ask('a', true)).errorCode).toBe(ERRORS.UNKNOWN_TOPIC_OR_PARTITION)
  })

  test('asks for all topics by an empty list in version 0 and by null later', async () => {
    await broker.createTopic('a')
    expect((await broker.send(Metadata, { topics: [] }, 0)).topics.map(({ name }) => name)).toEqual(['a'])
    expect((await broker.send(Metadata, { topics: [] }, 1)).topics).toEqual([])
    expect((await broker.send(Metadata, { topics: null }, 1)).topics.map(({ name }) => name)).toEqual(['a'])
  })

  test('finds topics by id', async () => {
    const topicId = await broker.createTopic('a')
    const { topics } = await broker.send(
      Metadata,
      {
        topics: [
          { topicId, name: null },
          { topicId: 'BBBBBBBBBBBBBBBBBBBBBA', name: null },
        ],
      },
      12,
    )
    expect(topics).toMatchObject([
      { errorCode: 0, name: 'a' },
      { errorCode: ERRORS.UNKNOWN_TOPIC_ID, name: null },
    ])
  })

  test('names the broker and the cluster, and what anyone may do', async () => {
    await broker.createTopic('a')
    const answer = await broker.send(Metadata, { topics: null, includeTopicAuthorizedOperations: true })
    expect(answer).toMatchObject({
      controllerId: 1,
      brokers: [{ nodeId: 1, host: '127.0.0.1', port: 9092, rack: null }],
    })
    expect(answer.clusterId).toMatch(/^[\w-]{22}$/)
    expect(answer.topics[0]!.topicAuthorizedOperations).toBe(3576)
  })
})

describe('DescribeTopicPartitions', () => {
  test('pages through all topics in order, and every partition comes once', async () => {
    await broker.createTopic('b', { partitions: 3 })
    await broker.createTopic('a', { partitions: 2 })
    const seen: string[] = []
    let cursor: { topicName: string; partitionIndex: number } | null = null
    do {
      const page: Awaited<ReturnType<typeof ask>> = await ask(cursor)
      for (const { name, partitions } of page.topics)
        for (const { partitionIndex } of partitions) seen.push(`${name}-${partitionIndex}`)
      cursor = page.nextCursor
    } while (cursor)
    expect(seen).toEqual(['a-0', 'a-1', 'b-0', 'b-1', 'b-2'])
  })

  const ask = (cursor: { topicName: string; partitionIndex: number } | null) =>
    broker.send(DescribeTopicPartitions, { topics: [], responsePartitionLimit: 2, cursor })

  test('says which topics are not there, and sends empty lists where Java takes no null', async () => {
    await broker.createTopic('a')
    const { topics } = await broker.send(DescribeTopicPartitions, {
      topics: [{ name: 'none' }, { name: 'a' }, { name: 'a' }],
    })
    expect(topics.map(({ name, errorCode }) => [name, errorCode])).toEqual([
      ['a', 0],
      ['none', ERRORS.UNKNOWN_TOPIC_OR_PARTITION],
    ])
    expect(topics[0]!.partitions[0]).toMatchObject({ eligibleLeaderReplicas: [], lastKnownElr: [] })
  })
})

test('there is never a reassignment under way', async () => {
  expect(await broker.send(ListPartitionReassignments, { topics: null })).toMatchObject({ errorCode: 0, topics: [] })
})

describe('a disk that fails', () => {
  test('keeps a topic from being made, and the broker serves on', async () => {
    const disk = new MemoryDisk()
    broker.close()
    broker = new TestBroker({ fileSystem: disk })
    await broker.createTopic('before')
    disk.failAt(1, 'ENOSPC', { lasting: true })
    const { topics } = await broker.send(CreateTopics, {
      topics: [{ name: 'full', numPartitions: 2, replicationFactor: 1 }],
    })
    expect(topics[0]).toMatchObject({
      errorCode: ERRORS.KAFKA_STORAGE_ERROR,
      errorMessage: expect.stringContaining('the disk is full'),
    })
    for (const value of ['lost', 'lost again'])
      expect((await broker.produce('before', [value])).errorCode).toBe(ERRORS.KAFKA_STORAGE_ERROR)
    expect((await broker.send(InitProducerId, { transactionalId: null })).errorCode).toBe(ERRORS.KAFKA_STORAGE_ERROR)
    expect(broker.warnings).toEqual([expect.stringMatching(/before-0.*the disk is full/)])
    disk.heal()
    expect((await broker.produce('before', ['kept'])).errorCode).toBe(0)
    expect((await broker.fetch('before', 0n)).values).toEqual(['kept'])
    expect(await names()).toEqual(['before'])
    await broker.createTopic('full')
  })
})
