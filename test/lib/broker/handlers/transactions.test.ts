import { afterEach, beforeEach, describe, expect, it, test } from 'vitest'
import { AddOffsetsToTxn } from '../../../../src/lib/protocol/apis/add-offsets-to-txn.ts'
import { AddPartitionsToTxn } from '../../../../src/lib/protocol/apis/add-partitions-to-txn.ts'
import { ApiVersions } from '../../../../src/lib/protocol/apis/api-versions.ts'
import { DescribeProducers } from '../../../../src/lib/protocol/apis/describe-producers.ts'
import { DescribeTransactions } from '../../../../src/lib/protocol/apis/describe-transactions.ts'
import { FindCoordinator } from '../../../../src/lib/protocol/apis/find-coordinator.ts'
import { InitProducerId } from '../../../../src/lib/protocol/apis/init-producer-id.ts'
import { ListOffsets } from '../../../../src/lib/protocol/apis/list-offsets.ts'
import { ListTransactions } from '../../../../src/lib/protocol/apis/list-transactions.ts'
import { WriteTxnMarkers } from '../../../../src/lib/protocol/apis/write-txn-markers.ts'
import { errorName } from '../../../../src/lib/protocol/errors.ts'
import { TestBroker } from '../../../support/broker.ts'
import { TestProducer } from '../../../support/transactional-producer.ts'

let broker: TestBroker
beforeEach(async () => {
  broker = new TestBroker({
    properties: { 'transaction.state.log.num.partitions': '3', 'offsets.topic.num.partitions': '3' },
  })
  await broker.createTopic('t', { partitions: 2 })
})
afterEach(() => broker.close())

const start = (transactionalId = 'id', version = 2): Promise<TestProducer> =>
  TestProducer.start(broker, transactionalId, version)

describe.each([[2], [0]])('a producer of transactions version %i', (version) => {
  it('has its records seen by readers of committed ones when it commits, and not before', async () => {
    const producer = await start('id', version)
    expect(await producer.send('t', 0, ['a', 'b'])).toBe('NONE')
    expect(await producer.send('t', 1, ['c'])).toBe('NONE')
    expect(await broker.fetch('t', 0n, { isolationLevel: 0 })).toMatchObject({
      values: ['a', 'b'],
      highWatermark: 2n,
      lastStableOffset: 0n,
      abortedTransactions: null,
    })
    expect(await broker.fetch('t', 0n, { isolationLevel: 1 })).toMatchObject({
      values: [],
      highWatermark: 2n,
      lastStableOffset: 0n,
      abortedTransactions: [],
    })
    expect(await producer.end(true)).toBe('NONE')
    expect(await broker.fetch('t', 0n, { isolationLevel: 1 })).toMatchObject({
      committed: ['a', 'b'],
      highWatermark: 3n,
      lastStableOffset: 3n,
      abortedTransactions: [],
    })
    expect(await broker.fetch('t', 0n, { isolationLevel: 1, partition: 1 })).toMatchObject({
      committed: ['c'],
      lastStableOffset: 2n,
    })
    expect(producer.producerEpoch).toBe(version === 2 ? 1 : 0)
  })

  it('has its records told to be aborted when it aborts', async () => {
    const producer = await start('id', version)
    await producer.send('t', 0, ['a'])
    await producer.end(true)
    await producer.send('t', 0, ['b'])
    expect(await producer.end(false)).toBe('NONE')
    await producer.send('t', 0, ['c'])
    await producer.end(true)
    const answer = await broker.fetch('t', 0n, { isolationLevel: 1 })
    expect(answer).toMatchObject({
      abortedTransactions: [{ producerId: producer.producerId, firstOffset: 2n }],
      committed: ['a', 'c'],
      lastStableOffset: 6n,
    })
    expect((await broker.fetch('t', 4n, { isolationLevel: 1 })).abortedTransactions).toEqual([])
  })

  it('is shut out when another one takes its id over', async () => {
    const first = await start('id', version)
    await first.send('t', 0, ['lost'])
    const second = await start('id', version)
    expect(await first.send('t', 0, ['late'])).toBe('INVALID_PRODUCER_EPOCH')
    expect(await first.end(true)).toBe('PRODUCER_FENCED')
    expect(await second.send('t', 0, ['kept'])).toBe('NONE')
    expect(await second.end(true)).toBe('NONE')
    expect((await broker.fetch('t', 0n, { isolationLevel: 1 })).committed).toEqual(['kept'])
  })

  it('commits offsets with its records', async () => {
    const producer = await start('id', version)
    expect(await producer.commitOffset('g', 't', 1, 7n)).toBe('NONE')
    expect(await producer.offsetOf('g', 't', 1)).toEqual({ offset: -1n, error: 'NONE' })
    expect(await producer.offsetOf('g', 't', 1, true)).toEqual({ offset: -1n, error: 'UNSTABLE_OFFSET_COMMIT' })
    expect(await producer.offsetOf('g', 't', 0, true)).toEqual({ offset: -1n, error: 'NONE' })
    await producer.end(true)
    expect(await producer.offsetOf('g', 't', 1, true)).toEqual({ offset: 7n, error: 'NONE' })
    await producer.commitOffset('g', 't', 1, 9n)
    await producer.end(false)
    expect(await producer.offsetOf('g', 't', 1, true)).toEqual({ offset: 7n, error: 'NONE' })
  })
})

describe('Produce', () => {
  it('makes its partition part of the transaction from version 12 on, and refuses one that is not before that', async () => {
    const producer = await start('id', 0)
    expect(await producer.write('t', 0, ['a'], 10)).toBe('INVALID_TXN_STATE')
    expect(await producer.write('t', 0, ['a'], 11)).toBe('TRANSACTION_ABORTABLE')
    expect((await broker.fetch('t', 0n)).highWatermark).toBe(0n)
    expect(await producer.write('t', 0, ['a'], 12)).toBe('NONE')
    const { transactionStates } = await broker.send(DescribeTransactions, { transactionalIds: ['id'] })
    expect(transactionStates[0]).toMatchObject({
      transactionState: 'Ongoing',
      topics: [{ topic: 't', partitions: [0] }],
    })
  })

  it('does not ask with transaction.partition.verification.enable=false', async () => {
    broker.close()
    broker = new TestBroker({
      properties: { 'transaction.partition.verification.enable': 'false', 'transaction.state.log.num.partitions': '3' },
    })
    await broker.createTopic('t')
    const producer = await start('id', 0)
    expect(await producer.write('t', 0, ['a'], 11)).toBe('NONE')
  })

  it('needs the name of the transaction, and one producer', async () => {
    const producer = await start()
    expect(await producer.write('t', 0, ['a'], 12, { transactionalId: null })).toBe(
      'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
    )
    expect(await producer.write('t', 0, ['a'], 12, { transactionalId: 'other' })).toBe('INVALID_PRODUCER_ID_MAPPING')
    expect(await producer.write('t', 0, ['a'], 12, { producerEpoch: 5 })).toBe('INVALID_PRODUCER_EPOCH')
    expect((await broker.fetch('t', 0n)).highWatermark).toBe(0n)
  })

  it('refuses a write that comes when its transaction has timed out', async () => {
    const producer = await start('id', 0)
    await producer.send('t', 0, ['a'])
    broker.clock.advance(100_000)
    expect(await producer.write('t', 0, ['late'], 11)).toBe('INVALID_PRODUCER_EPOCH')
    expect(await producer.write('t', 1, ['late'], 11)).toBe('INVALID_PRODUCER_EPOCH')
    expect(await broker.fetch('t', 0n, { isolationLevel: 1 })).toMatchObject({ committed: [], lastStableOffset: 2n })
  })
})

describe('Fetch', () => {
  test('of committed records waits until there are any', async () => {
    const producer = await start()
    await producer.send('t', 0, ['a'])
    let answered = false
    const waiting = broker.fetch('t', 0n, { isolationLevel: 1, maxWaitMs: 1_000 }).finally(() => {
      answered = true
    })
    await producer.send('t', 0, ['b'])
    await Promise.resolve()
    expect(answered).toBe(false)
    await producer.end(true)
    expect((await waiting).committed).toEqual(['a', 'b'])
  })

  test('of committed records gets those before an open transaction', async () => {
    await broker.produce('t', ['plain'])
    const producer = await start()
    await producer.send('t', 0, ['open'])
    await broker.produce('t', ['behind'])
    expect(await broker.fetch('t', 0n, { isolationLevel: 1 })).toMatchObject({
      committed: ['plain'],
      lastStableOffset: 1n,
      highWatermark: 3n,
    })
  })
})

test('ListOffsets ends at the last stable offset for readers of committed records', async () => {
  await broker.produce('t', ['plain'])
  const producer = await start()
  await producer.send('t', 0, ['open'])
  const latest = async (isolationLevel: number): Promise<bigint> => {
    const { topics } = await broker.send(ListOffsets, {
      replicaId: -1,
      isolationLevel,
      topics: [{ name: 't', partitions: [{ partitionIndex: 0, timestamp: -1n }] }],
    })
    return topics[0]!.partitions[0]!.offset
  }
  expect([await latest(0), await latest(1)]).toEqual([2n, 1n])
  await producer.end(false)
  expect([await latest(0), await latest(1)]).toEqual([3n, 3n])
})

describe('InitProducerId', () => {
  const init = async (fields: object, version = 5) => {
    const answer = await broker.send(
      InitProducerId,
      { transactionalId: 'id', transactionTimeoutMs: 1000, ...fields },
      version,
    )
    return { ...answer, error: errorName(answer.errorCode) }
  }

  it('wants id and epoch together, a timeout, and a name that is none or has letters', async () => {
    expect((await init({ producerId: 5n })).error).toBe('INVALID_REQUEST')
    expect((await init({ transactionTimeoutMs: 900_001 })).error).toBe('INVALID_TRANSACTION_TIMEOUT')
    expect((await init({ transactionalId: '' })).error).toBe('INVALID_REQUEST')
    expect(await init({ transactionalId: null })).toMatchObject({ error: 'NONE', producerEpoch: 0 })
    expect(await init({ producerId: 5n, producerEpoch: 1 })).toMatchObject({ error: 'NONE', producerEpoch: 0 })
  })

  it('says it in words that older clients know', async () => {
    await init({})
    expect((await init({ producerId: 77n, producerEpoch: 0 })).error).toBe('PRODUCER_FENCED')
    expect((await init({ producerId: 77n, producerEpoch: 0 }, 3)).error).toBe('INVALID_PRODUCER_EPOCH')
  })
})

describe('AddPartitionsToTxn', () => {
  const codes = (results: readonly { resultsByPartition: readonly { partitionErrorCode: number }[] }[]): string[] =>
    results.flatMap(({ resultsByPartition }) =>
      resultsByPartition.map(({ partitionErrorCode }) => errorName(partitionErrorCode)),
    )

  it('takes all partitions or none', async () => {
    const { producerId, producerEpoch } = await start()
    const add = async (partitions: number[], version: number) => {
      const { resultsByTopicV3AndBelow } = await broker.send(
        AddPartitionsToTxn,
        {
          v3AndBelowTransactionalId: 'id',
          v3AndBelowProducerId: producerId,
          v3AndBelowProducerEpoch: producerEpoch,
          v3AndBelowTopics: [{ name: 't', partitions }],
        },
        version,
      )
      return codes(resultsByTopicV3AndBelow)
    }
    expect(await add([0, 2], 3)).toEqual(['OPERATION_NOT_ATTEMPTED', 'UNKNOWN_TOPIC_OR_PARTITION'])
    expect(await add([0, 1], 0)).toEqual(['NONE', 'NONE'])
    await start()
    expect([await add([0], 1), await add([0], 2)]).toEqual([['INVALID_PRODUCER_EPOCH'], ['PRODUCER_FENCED']])
  })

  it('serves other brokers for many transactions at once, and may only look', async () => {
    const [a, b] = [await start('a'), await start('b')]
    const ask = async (verifyOnly: boolean, version = 5) => {
      const { resultsByTransaction } = await broker.send(
        AddPartitionsToTxn,
        {
          transactions: [a, b].map(({ transactionalId, producerId, producerEpoch }) => ({
            transactionalId,
            producerId,
            producerEpoch,
            verifyOnly,
            topics: [{ name: 't', partitions: [0, 1] }],
          })),
        },
        version,
      )
      return resultsByTransaction.map(({ transactionalId, topicResults }) => [transactionalId, ...codes(topicResults)])
    }
    await a.send('t', 1, ['x'])
    expect(await ask(true)).toEqual([
      ['a', 'TRANSACTION_ABORTABLE', 'NONE'],
      ['b', 'TRANSACTION_ABORTABLE', 'TRANSACTION_ABORTABLE'],
    ])
    expect(await ask(false)).toEqual([
      ['a', 'NONE', 'NONE'],
      ['b', 'NONE', 'NONE'],
    ])
    expect(await ask(true, 4)).toEqual([
      ['a', 'NONE', 'NONE'],
      ['b', 'NONE', 'NONE'],
    ])
  })
})

test('AddOffsetsToTxn makes the partition of the group part of the transaction', async () => {
  const { producerId, producerEpoch } = await start()
  expect(
    (await broker.send(AddOffsetsToTxn, { transactionalId: 'id', producerId, producerEpoch, groupId: 'g' })).errorCode,
  ).toBe(0)
  const { transactionStates } = await broker.send(DescribeTransactions, { transactionalIds: ['id'] })
  expect(transactionStates[0]!.topics).toMatchObject([
    { topic: '__consumer_offsets', partitions: [expect.any(Number)] },
  ])
  expect(
    errorName(
      (await broker.send(AddOffsetsToTxn, { transactionalId: 'id', producerId, producerEpoch: 9, groupId: 'g' }, 1))
        .errorCode,
    ),
  ).toBe('INVALID_PRODUCER_EPOCH')
})

describe('TxnOffsetCommit', () => {
  it('is refused to an older client that did not say so before, and for what does not exist', async () => {
    const producer = await start('id', 0)
    expect(await producer.commitOffset('g', 't', 0, 1n, { isAnnounced: false, version: 3 })).toBe('INVALID_TXN_STATE')
    expect(await producer.commitOffset('g', 't', 0, 1n, { isAnnounced: false, version: 4 })).toBe(
      'TRANSACTION_ABORTABLE',
    )
    expect(await producer.commitOffset('g', 't', 5, 1n)).toBe('UNKNOWN_TOPIC_OR_PARTITION')
    expect(await producer.commitOffset('', 't', 0, 1n, { isAnnounced: false })).toBe('INVALID_GROUP_ID')
  })

  it('is refused to one who is no member of the group that he names', async () => {
    const producer = await start()
    expect(await producer.commitOffset('g', 't', 0, 1n, { generationId: 3, memberId: 'm' })).toBe('ILLEGAL_GENERATION')
    expect(await producer.commitOffset('g', 't', 0, 1n)).toBe('NONE')
    await producer.end(true)
    expect(await producer.commitOffset('g', 't', 0, 2n, { generationId: 3, memberId: 'm' })).toBe('UNKNOWN_MEMBER_ID')
  })
})

test('DescribeProducers tells of open transactions', async () => {
  const producer = await start()
  await producer.send('t', 0, ['a', 'b'])
  const describe = async () =>
    (await broker.send(DescribeProducers, { topics: [{ name: 't', partitionIndexes: [0, 7] }] })).topics[0]!.partitions
  const { producerId } = producer
  expect(await describe()).toEqual([
    {
      partitionIndex: 0,
      errorCode: 0,
      errorMessage: null,
      activeProducers: [
        {
          producerId,
          producerEpoch: 0,
          lastSequence: 1,
          lastTimestamp: BigInt(broker.clock.now()),
          coordinatorEpoch: -1,
          currentTxnStartOffset: 0n,
        },
      ],
    },
    { partitionIndex: 7, errorCode: 3, errorMessage: null, activeProducers: [] },
  ])
  await producer.end(true)
  expect((await describe())[0]!.activeProducers).toMatchObject([
    { producerEpoch: 1, lastSequence: -1, coordinatorEpoch: 0, currentTxnStartOffset: -1n },
  ])
})

test('DescribeTransactions and ListTransactions tell of transactional ids', async () => {
  const producer = await start()
  await producer.send('t', 1, ['a'])
  await start('other')
  const { transactionStates } = await broker.send(DescribeTransactions, { transactionalIds: ['id', 'nobody', ''] })
  expect(transactionStates).toMatchObject([
    {
      errorCode: 0,
      transactionalId: 'id',
      transactionState: 'Ongoing',
      transactionTimeoutMs: 60_000,
      transactionStartTimeMs: BigInt(broker.clock.now()),
      producerEpoch: 0,
    },
    { errorCode: 105, transactionalId: 'nobody' },
    { errorCode: 42, transactionalId: '' },
  ])
  const list = async (filter: object, version = 2) => broker.send(ListTransactions, filter, version)
  expect((await list({ stateFilters: ['Ongoing', 'Odd'] })).transactionStates).toEqual([
    { transactionalId: 'id', producerId: producer.producerId, transactionState: 'Ongoing' },
  ])
  expect((await list({ stateFilters: ['Odd'] })).unknownStateFilters).toEqual(['Odd'])
  const ids = (await list({}, 0)).transactionStates.map(({ transactionalId }) => transactionalId)
  expect(ids.sort()).toEqual(['id', 'other'])
  expect(errorName((await list({ transactionalIdPattern: '[' })).errorCode)).toBe('INVALID_REGULAR_EXPRESSION')
})

test('WriteTxnMarkers ends a transaction in single partitions', async () => {
  const producer = await start()
  await producer.send('t', 0, ['a'])
  const { producerId } = producer
  const { markers } = await broker.send(
    WriteTxnMarkers,
    {
      markers: [
        {
          producerId,
          producerEpoch: 0,
          transactionResult: false,
          coordinatorEpoch: 0,
          topics: [{ name: 't', partitionIndexes: [0, 9] }],
        },
      ],
    },
    1,
  )
  expect(markers).toEqual([
    {
      producerId,
      topics: [
        {
          name: 't',
          partitions: [
            { partitionIndex: 0, errorCode: 0 },
            { partitionIndex: 9, errorCode: 3 },
          ],
        },
      ],
    },
  ])
  expect(await broker.fetch('t', 0n, { isolationLevel: 1 })).toMatchObject({ committed: [], lastStableOffset: 2n })
})

test('FindCoordinator makes the topic that transactions are kept in', async () => {
  expect(broker.node.broker.cluster.topic('__transaction_state')).toBeUndefined()
  const { coordinators } = await broker.send(FindCoordinator, { keyType: 1, coordinatorKeys: ['id'] })
  expect(coordinators).toMatchObject([{ key: 'id', errorCode: 0, nodeId: 1, port: 9092 }])
  const topic = broker.node.broker.cluster.topic('__transaction_state')!
  expect([topic.partitions.length, Object.fromEntries(topic.configs)]).toEqual([
    3,
    {
      'cleanup.policy': 'compact',
      'compression.type': 'uncompressed',
      'min.insync.replicas': '1',
      'segment.bytes': '104857600',
      'unclean.leader.election.enable': 'false',
    },
  ])
})

test('ApiVersions says that transactions have version 2', async () => {
  const software = { clientSoftwareName: 'test', clientSoftwareVersion: '1' }
  const { finalizedFeatures, supportedFeatures } = await broker.send(ApiVersions, software, 4)
  expect(finalizedFeatures).toContainEqual({ name: 'transaction.version', minVersionLevel: 2, maxVersionLevel: 2 })
  expect(supportedFeatures).toContainEqual({ name: 'transaction.version', minVersion: 0, maxVersion: 2 })
})
