import { describe, expect, test } from 'vitest'
import { MemoryDisk } from '../../../../src/lib/broker/log/index.ts'
import { encodeRecord } from '../../../../src/lib/broker/state/groups/records.ts'
import { TRANSACTION_CODEC } from '../../../../src/lib/broker/state/transactions/records.ts'
import { newTransaction } from '../../../../src/lib/broker/state/transactions/transaction.ts'
import { CreateTopics } from '../../../../src/lib/protocol/apis/create-topics.ts'
import { DescribeGroups } from '../../../../src/lib/protocol/apis/describe-groups.ts'
import { InitProducerId } from '../../../../src/lib/protocol/apis/init-producer-id.ts'
import { ListGroups } from '../../../../src/lib/protocol/apis/list-groups.ts'
import { ListTransactions } from '../../../../src/lib/protocol/apis/list-transactions.ts'
import { Metadata } from '../../../../src/lib/protocol/apis/metadata.ts'
import { OffsetCommit } from '../../../../src/lib/protocol/apis/offset-commit.ts'
import { OffsetFetch } from '../../../../src/lib/protocol/apis/offset-fetch.ts'
import { Produce } from '../../../../src/lib/protocol/apis/produce.ts'
import { ERRORS } from '../../../../src/lib/protocol/errors.ts'
import { encodeRequest } from '../../../../src/lib/protocol/frame.ts'
import { buildBatch, type RecordInput } from '../../../../src/lib/protocol/records/index.ts'
import { connection, TestBroker } from '../../../support/broker.ts'

const PROPERTIES = { 'offsets.topic.num.partitions': '1', 'transaction.state.log.num.partitions': '1' }
const OFFSETS = '__consumer_offsets'
const LOG = `/data/${OFFSETS}-0/00000000000000000000.log`

const open = (fileSystem: MemoryDisk): TestBroker => new TestBroker({ fileSystem, properties: PROPERTIES })

async function commit(
  broker: TestBroker,
  offset: bigint,
  groupId = 'g',
  retentionTimeMs = -1n,
  version = 8,
): Promise<number> {
  const topics = [{ name: 't', partitions: [{ partitionIndex: 0, committedOffset: offset }] }]
  const answer = await broker.send(OffsetCommit, { groupId, topics, ...(version < 5 && { retentionTimeMs }) }, version)
  return answer.topics[0]!.partitions[0]!.errorCode
}

async function committed(broker: TestBroker, groupId = 'g'): Promise<bigint> {
  const { groups } = await broker.send(
    OffsetFetch,
    { groups: [{ groupId, topics: [{ name: 't', partitionIndexes: [0] }] }] },
    8,
  )
  return groups[0]!.topics[0]!.partitions[0]!.committedOffset
}

/** As somebody who calls himself Kafka's own admin client may. */
async function forge(broker: TestBroker, topic: string, records: readonly Partial<RecordInput>[]): Promise<void> {
  const batch = buildBatch(records.map((record) => ({ timestamp: 1n, key: null, value: null, ...record })))
  const request = { acks: -1, topicData: [{ name: topic, partitionData: [{ index: 0, records: batch }] }] }
  await broker.dispatcher.dispatch(
    Buffer.concat(encodeRequest(Produce, 12, 1, '__admin_client', request)).subarray(4),
    connection,
  )
}

function spoil(disk: MemoryDisk, path: string, change: (bytes: Buffer) => void): void {
  const bytes = disk.readFile(path)!
  change(bytes)
  disk.writeFileAtomically(path, bytes)
}

/** Where the second batch of a log begins. */
const second = (bytes: Buffer): number => 12 + bytes.readInt32BE(8)

describe('internal topics', () => {
  test('are written by coordinators and by the admin client alone', async () => {
    const broker = open(new MemoryDisk())
    await broker.createTopic('t')
    await commit(broker, 5n)
    expect(await broker.produce(OFFSETS, ['x'])).toMatchObject({
      errorCode: ERRORS.INVALID_TOPIC_EXCEPTION,
      baseOffset: -1n,
      errorMessage: `Cannot append to internal topic ${OFFSETS}`,
    })
    const before = broker.node.broker.partitions.get(OFFSETS, 0)!.log.logEndOffset
    await forge(broker, OFFSETS, [{ key: Buffer.from('x') }])
    expect(broker.node.broker.partitions.get(OFFSETS, 0)!.log.logEndOffset).toBe(before + 1n)
  })

  test('cannot be one that is the log of the controllers', async () => {
    const broker = open(new MemoryDisk())
    for (const validateOnly of [false, true]) {
      const { topics } = await broker.send(CreateTopics, {
        validateOnly,
        topics: [{ name: '__cluster_metadata', numPartitions: 1, replicationFactor: 1 }],
      })
      expect(topics[0]).toMatchObject({
        errorCode: ERRORS.INVALID_REQUEST,
        errorMessage: 'Creation of internal topic __cluster_metadata is prohibited.',
      })
    }
    const { topics } = await broker.send(Metadata, {
      topics: [{ name: '__cluster_metadata' }],
      allowAutoTopicCreation: true,
    })
    expect(topics[0]!.errorCode).toBe(ERRORS.UNKNOWN_TOPIC_OR_PARTITION)
    expect(topics[0]!.partitions).toEqual([])
  })

  test('that an earlier version let somebody make by that name are not taken for the log of the controllers', () => {
    const disk = new MemoryDisk()
    disk.makeDirectory('/data/__cluster_metadata-0')
    disk.writeFileAtomically(
      '/data/__cluster_metadata-0/partition.metadata',
      'version: 0\ntopic_id: xtzWWN4bTjitpL3kfd9s5g',
    )
    expect(() => open(disk)).toThrow(/holds the records of a topic, where the metadata of the cluster is to be/)
  })
})

describe("what lies in a coordinator's topic and is no record of its", () => {
  const good = encodeRecord({
    kind: 'OffsetCommit',
    key: { group: 'g', topic: 't', partition: 0 },
    value: {
      offset: 1n,
      leaderEpoch: -1,
      metadata: '',
      commitTimestamp: 1n,
      expireTimestamp: -1n,
      topicId: 'AAAAAAAAAAAAAAAAAAAAAA',
    },
  })
  const group = (value: object) =>
    encodeRecord({
      kind: 'GroupMetadata',
      key: { group: 'forged' },
      value: {
        protocolType: 'consumer',
        generation: 1,
        protocol: 'range',
        leader: 'm',
        currentStateTimestamp: 1n,
        members: [],
        ...value,
      },
    } as never)
  const member = {
    memberId: 'm',
    groupInstanceId: null,
    clientId: '',
    clientHost: '',
    rebalanceTimeout: 1,
    sessionTimeout: 1,
    subscription: Buffer.alloc(0),
    assignment: Buffer.alloc(0),
  }
  const transaction = TRANSACTION_CODEC.encode({
    transactionalId: 'tx',
    transaction: newTransaction('tx', 5n, 1000, 1),
  })
  const late = Buffer.from(transaction.value!)
  late.writeBigInt64BE(2n ** 63n - 1n, late.length - 17)

  test.each<[string, string, Partial<RecordInput>]>([
    ['an empty key', OFFSETS, { key: Buffer.alloc(0) }],
    ['a key of one byte', OFFSETS, { key: Buffer.from('x') }],
    ['a cut key', OFFSETS, { key: good.key.subarray(0, -2), value: good.value }],
    [
      'a key with something behind it',
      OFFSETS,
      { key: Buffer.concat([good.key, Buffer.from('x')]), value: good.value },
    ],
    ['a short value', OFFSETS, { key: good.key, value: Buffer.from([0]) }],
    [
      'a value from the future',
      OFFSETS,
      { key: good.key, value: Buffer.concat([Buffer.from([0, 99]), good.value!.subarray(2)]) },
    ],
    ['members without a protocol', OFFSETS, group({ protocol: null, members: [member] })],
    ['a member twice', OFFSETS, group({ members: [member, member] })],
    ['a negative generation', OFFSETS, group({ generation: -3 })],
    ['a time that is none', OFFSETS, group({ currentStateTimestamp: 2n ** 63n - 1n })],
    [
      'a negative partition',
      OFFSETS,
      encodeRecord({ kind: 'OffsetCommit', key: { group: 'g', topic: 't', partition: -7 }, value: null }),
    ],
    [
      'a group epoch at its end',
      OFFSETS,
      encodeRecord({
        kind: 'ConsumerGroupMetadata',
        key: { groupId: 'forged' },
        value: { epoch: 0x7fff_ffff, metadataHash: 0n },
      }),
    ],
    ['an empty key', '__transaction_state', { key: Buffer.alloc(0) }],
    ['a transaction of no time', '__transaction_state', { key: transaction.key, value: late }],
    ['a short transaction', '__transaction_state', { key: transaction.key, value: transaction.value!.subarray(0, 9) }],
  ])('%s (%s) is passed over with one warning, and all else is there', async (_, topic, record) => {
    const disk = new MemoryDisk()
    const broker = open(disk)
    await broker.createTopic('t')
    await commit(broker, 5n)
    await broker.send(InitProducerId, { transactionalId: 'mine', transactionTimeoutMs: 1000 })
    await forge(broker, topic, [record, record])
    broker.close()
    const again = open(disk)
    expect(again.warnings).toEqual([
      expect.stringMatching(
        new RegExp(`^${topic}-0: 2 things that cannot be used are passed over, first the record at offset \\d+: .`),
      ),
    ])
    expect(await committed(again)).toBe(5n)
    expect((await again.send(ListGroups, {})).groups.map(({ groupId }) => groupId)).toEqual(['g'])
    expect((await again.send(DescribeGroups, { groups: ['forged'] })).groups[0]!.groupState).toBe('Dead')
    expect(
      (await again.send(ListTransactions, {})).transactionStates.map(({ transactionalId }) => transactionalId),
    ).toEqual(['mine'])
    expect(await commit(again, 6n)).toBe(ERRORS.NONE)
  })
})

describe("a damaged batch in a coordinator's log", () => {
  test.each<[string, (bytes: Buffer) => void, bigint]>([
    [
      'whose length is wrong ends what can be read',
      (bytes) => {
        bytes[second(bytes) + 8]! ^= 0x10
      },
      5n,
    ],
    [
      'whose record is wrong is stepped over',
      (bytes) => {
        bytes[second(bytes) + 90]! ^= 1
      },
      7n,
    ],
    [
      'whose checksum is wrong is stepped over',
      (bytes) => {
        bytes[second(bytes) + 17]! ^= 1
      },
      7n,
    ],
  ])('%s', async (_, change, offset) => {
    const disk = new MemoryDisk()
    const broker = open(disk)
    await broker.createTopic('t')
    for (const each of [5n, 6n, 7n]) await commit(broker, each)
    broker.close()
    spoil(disk, LOG, change)
    const again = open(disk)
    expect(again.warnings.join()).toContain(LOG)
    expect(again.warnings.length).toBe(1)
    expect([offset, 5n]).toContain(await committed(again))
  })
})

test('an offset may be kept until the end of time', async () => {
  const disk = new MemoryDisk()
  const broker = open(disk)
  await broker.createTopic('t')
  for (const version of [2, 3, 4]) expect(await commit(broker, 5n, 'g', 2n ** 63n - 1n, version)).toBe(ERRORS.NONE)
  broker.close()
  expect(await committed(open(disk))).toBe(5n)
})

describe('a folder that is damaged', () => {
  async function filled(): Promise<MemoryDisk> {
    const disk = new MemoryDisk()
    const broker = open(disk)
    for (const topic of ['t', 'u']) {
      await broker.createTopic(topic)
      await broker.produce(topic, ['a', 'b'])
    }
    broker.close()
    return disk
  }

  test('serves all partitions but the one whose folder belongs to another topic', async () => {
    const disk = await filled()
    disk.writeFileAtomically('/data/t-0/partition.metadata', 'version: 0\ntopic_id: xtzWWN4bTjitpL3kfd9s5g')
    const broker = open(disk)
    expect(broker.warnings).toEqual([
      expect.stringMatching(/^t-0 is offline: \/data\/t-0 belongs to the topic with id xtzWWN4bTjitpL3kfd9s5g/),
    ])
    expect([(await broker.fetch('u', 0n)).values, (await broker.fetch('t', 0n)).errorCode]).toEqual([
      ['a', 'b'],
      ERRORS.KAFKA_STORAGE_ERROR,
    ])
    expect((await broker.produce('t', ['c'])).errorCode).toBe(ERRORS.KAFKA_STORAGE_ERROR)
    const { topics } = await broker.send(Metadata, { topics: [{ name: 't' }] })
    expect(topics[0]!.partitions[0]).toMatchObject({
      errorCode: ERRORS.LEADER_NOT_AVAILABLE,
      leaderId: -1,
      offlineReplicas: [1],
    })
    broker.node.broker.cluster.removeTopic('t')
    expect(disk.exists('/data/t-0')).toBe(false)
  })

  test('says that partition.metadata was unreadable, and writes it anew', async () => {
    const disk = await filled()
    disk.writeFileAtomically('/data/t-0/partition.metadata', 'nonsense')
    const broker = open(disk)
    expect(broker.warnings).toEqual([
      expect.stringMatching(/^\/data\/t-0\/partition.metadata is damaged: it is written anew/),
    ])
    expect((await broker.fetch('t', 0n)).values).toEqual(['a', 'b'])
  })

  test('names the topics that the metadata has lost, and has them back when they are made again, with ids that no producer has', async () => {
    const disk = await filled()
    const before = open(disk)
    const { producerId } = await before.send(InitProducerId, { transactionalId: null, transactionTimeoutMs: 0 })
    await before.produce('t', ['c'], { producerId, producerEpoch: 0, baseSequence: 0 })
    before.close()
    disk.remove('/data/__cluster_metadata-0')
    const broker = open(disk)
    expect(broker.warnings).toEqual(
      ['t', 'u'].map((topic) =>
        expect.stringMatching(
          new RegExp(
            `^the metadata knows no topic ${topic}, whose records are in /data/${topic}-0 \\(topic id .{22}\\): create the topic again`,
          ),
        ),
      ),
    )
    await broker.createTopic('t')
    expect((await broker.fetch('t', 0n)).values).toEqual(['a', 'b', 'c'])
    const next = await broker.send(InitProducerId, { transactionalId: null, transactionTimeoutMs: 0 })
    expect(next.producerId).toBeGreaterThan(producerId)
  })

  test('is refused when the metadata is damaged before its end', async () => {
    const disk = await filled()
    const path = '/data/__cluster_metadata-0/00000000000000000000.log'
    const content = disk.readFile(path)!
    content[content.indexOf('min.insync.replicas')]! ^= 1
    disk.writeFileAtomically(path, content)
    expect(() => open(disk)).toThrow(/__cluster_metadata-0.* damaged/)
  })

  test('keeps the start of a log whose checkpoint is damaged, and says so', async () => {
    const disk = await filled()
    const first = open(disk)
    first.node.broker.partitions.get('t', 0)!.log.deleteRecordsBefore(1n)
    first.node.broker.partitions.saveLogStartOffsets()
    first.close()
    disk.writeFileAtomically('/data/log-start-offset-checkpoint', '0\n1\nt 0 nonsense\n')
    const broker = open(disk)
    expect(broker.warnings).toEqual([
      expect.stringMatching(
        /^\/data\/log-start-offset-checkpoint is damaged \(line 3 is no topic, partition and offset\)/,
      ),
    ])
    expect(broker.node.broker.partitions.get('t', 0)!.log.logStartOffset).toBe(1n)
  })

  test('does not lose a log to a start that lies past its end', async () => {
    const disk = await filled()
    disk.writeFileAtomically('/data/log-start-offset-checkpoint', '0\n1\nt 0 6\n')
    const broker = open(disk)
    expect(broker.warnings).toEqual([
      expect.stringMatching(/^the start offset 6 that is noted for \/data\/t-0 lies past its end 2/),
    ])
    expect((await broker.fetch('t', 0n)).values).toEqual(['a', 'b'])
  })

  test('that is gone takes neither records nor topics', async () => {
    const disk = await filled()
    const broker = open(disk)
    let reason = ''
    void broker.node.failed.then((said) => {
      reason = said
    })
    disk.remove('/data')
    expect((await broker.produce('t', ['c'])).errorCode).toBe(ERRORS.KAFKA_STORAGE_ERROR)
    await expect(broker.createTopic('v')).rejects.toThrow('/data/__cluster_metadata-0 is gone')
    broker.clock.advance(1000)
    await Promise.resolve()
    expect(reason).toBe('the data folder /data is gone: the broker cannot keep anything, and stops')
  })
})
