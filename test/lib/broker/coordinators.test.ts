import { afterEach, describe, expect, test } from 'vitest'
import { DescribeTransactions } from '../../../src/lib/protocol/apis/describe-transactions.ts'
import { EndTxn } from '../../../src/lib/protocol/apis/end-txn.ts'
import { FindCoordinator } from '../../../src/lib/protocol/apis/find-coordinator.ts'
import { InitProducerId } from '../../../src/lib/protocol/apis/init-producer-id.ts'
import { JoinGroup } from '../../../src/lib/protocol/apis/join-group.ts'
import { OffsetCommit } from '../../../src/lib/protocol/apis/offset-commit.ts'
import { OffsetFetch } from '../../../src/lib/protocol/apis/offset-fetch.ts'
import { Produce } from '../../../src/lib/protocol/apis/produce.ts'
import { TxnOffsetCommit } from '../../../src/lib/protocol/apis/txn-offset-commit.ts'
import { joinTransaction } from '../../../src/lib/broker/state/coordinators/join-transaction.ts'
import { writeMarker } from '../../../src/lib/broker/state/coordinators/markers.ts'
import { PartitionSet } from '../../../src/lib/broker/state/transactions/partition-set.ts'
import { errorName } from '../../../src/lib/protocol/errors.ts'
import { buildBatch } from '../../../src/lib/protocol/records/index.ts'
import { TestCluster, TOPIC, TOPIC_ID, type TestNode } from './replication/support.ts'
import { subscription } from './state/groups/group-node.ts'

const OFFSETS = { name: '__consumer_offsets', topicId: 'AAAAAAAAAAAAAAAAAAAACg' }
const TRANSACTIONS = { name: '__transaction_state', topicId: 'AAAAAAAAAAAAAAAAAAAADg' }
const KEPT = { 'cleanup.policy': 'compact' }

let cluster: TestCluster

afterEach(() => cluster.close())

/** The first replica of each leads; the topic of records has one replica, on the node that is given. */
async function start(nodes: readonly number[], replicas: readonly number[], recordsOn = nodes.at(-1)!): Promise<void> {
  cluster = await TestCluster.start(nodes)
  cluster.createTopic([recordsOn])
  cluster.createTopic(replicas, KEPT, OFFSETS)
  cluster.createTopic(replicas, KEPT, TRANSACTIONS)
}

/** A node dies; another leads all that it has led of the coordinators' state. */
function killFor(id: number, next: number, isr: readonly number[]): void {
  cluster.node(id).kill()
  cluster.fence(id)
  for (const { topicId } of [OFFSETS, TRANSACTIONS]) cluster.change({ leader: next, isr }, topicId)
}

const commitOffset = async (node: TestNode, committedOffset: bigint): Promise<string> => {
  const partitions = [{ partitionIndex: 0, committedOffset }]
  const { topics } = await node.send(OffsetCommit, { groupId: 'g', topics: [{ topicId: TOPIC_ID, partitions }] })
  return errorName(topics[0]!.partitions[0]!.errorCode)
}

const fetchOffset = async (node: TestNode, requireStable = false): Promise<bigint | string> => {
  const { groups } = await node.send(OffsetFetch, {
    groups: [{ groupId: 'g', topics: [{ topicId: TOPIC_ID, partitionIndexes: [0] }] }],
    requireStable,
  })
  const [group] = groups
  return group!.errorCode === 0 ? group!.topics[0]!.partitions[0]!.committedOffset : errorName(group!.errorCode)
}

describe('groups', () => {
  test('are taken over with what was acknowledged, and given back', async () => {
    await start([1, 2, 3], [1, 2, 3])
    expect(await cluster.finish(commitOffset(cluster.node(1), 5n))).toBe('NONE')
    expect(await cluster.finish(fetchOffset(cluster.node(2)))).toBe('NOT_COORDINATOR')
    killFor(1, 2, [2, 3])
    expect(await cluster.finish(fetchOffset(cluster.node(2)))).toBe(5n)
    expect(await cluster.finish(commitOffset(cluster.node(2), 6n))).toBe('NONE')
    cluster.change({ leader: 3 }, OFFSETS.topicId)
    expect(await cluster.finish(fetchOffset(cluster.node(3)))).toBe(6n)
    expect(await cluster.finish(fetchOffset(cluster.node(2)))).toBe('NOT_COORDINATOR')
  })

  test('are answered when it is committed, and no later than five seconds', async () => {
    await start([1, 2], [1, 2], 1)
    expect(await cluster.finish(commitOffset(cluster.node(1), 5n))).toBe('NONE')
    cluster.node(2).kill()
    const [written, read] = [commitOffset(cluster.node(1), 6n), fetchOffset(cluster.node(1))]
    await cluster.run(4900)
    expect(await Promise.race([written, read, 'waiting'])).toBe('waiting')
    expect(await cluster.finish(written)).toBe('COORDINATOR_NOT_AVAILABLE')
    const later = fetchOffset(cluster.node(1))
    await cluster.run(100)
    cluster.fence(2)
    cluster.change({ isr: [1] }, OFFSETS.topicId)
    expect(await cluster.finish(later)).toBe(6n)
  })

  test('send members that wait to the next coordinator', async () => {
    await start([1, 2], [1, 2], 1)
    const joining = cluster.node(1).send(JoinGroup, {
      groupId: 'g',
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: 10_000,
      groupInstanceId: 'static',
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: subscription(TOPIC) }],
    })
    await cluster.run(100)
    cluster.change({ leader: 2 }, OFFSETS.topicId)
    expect(errorName((await cluster.finish(joining)).errorCode)).toBe('NOT_COORDINATOR')
  })

  test('are found where they are led', async () => {
    await start([1, 2], [1, 2])
    const find = async (): Promise<[string, number]> => {
      const request = { keyType: 0, coordinatorKeys: ['g'] }
      const { coordinators } = await cluster.finish(cluster.node(2).send(FindCoordinator, request))
      return [errorName(coordinators[0]!.errorCode), coordinators[0]!.nodeId]
    }
    expect(await find()).toEqual(['NONE', 1])
    killFor(1, -1, [1])
    expect(await find()).toEqual(['COORDINATOR_NOT_AVAILABLE', -1])
  })
})

/** A transactional producer whose coordinator is one node, and whose records are on another. */
class Producer {
  producerId = -1n
  producerEpoch = -1
  private sequence = 0

  async init(coordinator: TestNode): Promise<string> {
    const { errorCode, producerId, producerEpoch } = await cluster.finish(
      coordinator.send(InitProducerId, {
        transactionalId: 'id',
        transactionTimeoutMs: 60_000,
        producerId: -1n,
        producerEpoch: -1,
      }),
    )
    Object.assign(this, { producerId, producerEpoch })
    return errorName(errorCode)
  }

  async send(leader: TestNode, value: string): Promise<string> {
    const { producerId, producerEpoch } = this
    const records = buildBatch([{ timestamp: BigInt(cluster.clock.now()), key: null, value: Buffer.from(value) }], {
      producerId,
      producerEpoch,
      baseSequence: this.sequence,
      isTransactional: true,
    })
    const { responses } = await cluster.finish(
      leader.send(Produce, {
        transactionalId: 'id',
        acks: -1,
        timeoutMs: 30_000,
        topicData: [{ topicId: TOPIC_ID, partitionData: [{ index: 0, records }] }],
      }),
    )
    const error = errorName(responses[0]!.partitionResponses[0]!.errorCode)
    if (error === 'NONE') this.sequence += 1
    return error
  }

  async commitOffset(coordinator: TestNode, committedOffset: bigint): Promise<string> {
    const { producerId, producerEpoch } = this
    const { topics } = await cluster.finish(
      coordinator.send(TxnOffsetCommit, {
        transactionalId: 'id',
        groupId: 'g',
        producerId,
        producerEpoch,
        topics: [{ name: TOPIC, partitions: [{ partitionIndex: 0, committedOffset }] }],
      }),
    )
    return errorName(topics[0]!.partitions[0]!.errorCode)
  }

  async end(coordinator: TestNode, committed = true): Promise<string> {
    const { producerId, producerEpoch } = this
    const request = { transactionalId: 'id', producerId, producerEpoch, committed }
    const answer = await cluster.finish(coordinator.send(EndTxn, request))
    if (answer.errorCode === 0) {
      Object.assign(this, { producerId: answer.producerId, producerEpoch: answer.producerEpoch })
      this.sequence = 0
    }
    return errorName(answer.errorCode)
  }
}

const stateAt = async (coordinator: TestNode): Promise<string> => {
  const answer = await cluster.finish(coordinator.send(DescribeTransactions, { transactionalIds: ['id'] }))
  const [state] = answer.transactionStates
  return state!.errorCode === 0 ? state!.transactionState : errorName(state!.errorCode)
}

/** Whether a transaction is open in the partition of the records. */
const isOpenAt = (node: TestNode): boolean => node.partition.log.firstOpenOffset !== null

describe('transactions', () => {
  test('reach partitions of other brokers, and end there', async () => {
    await start([1, 2, 3], [1, 2, 3], 2)
    const producer = new Producer()
    expect(await producer.init(cluster.node(1))).toBe('NONE')
    expect(await producer.send(cluster.node(2), 'a')).toBe('NONE')
    expect([await stateAt(cluster.node(1)), isOpenAt(cluster.node(2))]).toEqual(['Ongoing', true])
    expect(await producer.end(cluster.node(1))).toBe('NONE')
    await cluster.run(200)
    expect([await stateAt(cluster.node(1)), isOpenAt(cluster.node(2))]).toEqual(['CompleteCommit', false])
    expect(await producer.send(cluster.node(2), 'b')).toBe('NONE')
    expect(await producer.end(cluster.node(1), false)).toBe('NONE')
    await cluster.run(200)
    expect([await stateAt(cluster.node(1)), isOpenAt(cluster.node(2))]).toEqual(['CompleteAbort', false])
  })

  test('commit offsets with their group on another broker', async () => {
    await start([1, 2, 3], [1, 2, 3], 3)
    cluster.change({ leader: 2 }, OFFSETS.topicId)
    const producer = new Producer()
    await producer.init(cluster.node(1))
    expect(await producer.commitOffset(cluster.node(2), 7n)).toBe('NONE')
    expect(await cluster.finish(fetchOffset(cluster.node(2)))).toBe(-1n)
    expect(await producer.end(cluster.node(1))).toBe('NONE')
    await cluster.run(200)
    expect(await cluster.finish(fetchOffset(cluster.node(2)))).toBe(7n)
    cluster.change({ leader: 3 }, OFFSETS.topicId)
    expect(await cluster.finish(fetchOffset(cluster.node(3)))).toBe(7n)
  })

  test('are brought to their end by the next coordinator', async () => {
    await start([1, 2, 3], [1, 2], 3)
    const producer = new Producer()
    await producer.init(cluster.node(1))
    expect(await producer.send(cluster.node(3), 'a')).toBe('NONE')
    cluster.network.kill(cluster.node(3).port)
    expect(await producer.end(cluster.node(1))).toBe('NONE')
    await cluster.run(300)
    expect(await stateAt(cluster.node(1))).toBe('PrepareCommit')
    cluster.node(3).kill()
    killFor(1, 2, [2])
    await cluster.node(3).start()
    await cluster.until(() => !isOpenAt(cluster.node(3)))
    await cluster.run(200)
    expect(await stateAt(cluster.node(2))).toBe('CompleteCommit')
    expect(await cluster.finish(cluster.node(3).consume())).toEqual(['a'])
  })

  test('send no marker before the decision is committed', async () => {
    await start([1, 2, 3], [1, 2], 3)
    const producer = new Producer()
    await producer.init(cluster.node(1))
    await producer.send(cluster.node(3), 'a')
    cluster.node(2).kill()
    const ended = producer.end(cluster.node(1))
    await cluster.run(1000)
    expect(isOpenAt(cluster.node(3))).toBe(true)
    cluster.fence(2)
    cluster.change({ isr: [1] }, TRANSACTIONS.topicId)
    expect(await ended).toBe('NONE')
    await cluster.run(200)
    expect(isOpenAt(cluster.node(3))).toBe(false)
  })

  test('of older clients are verified, and end with what is written meanwhile left out', async () => {
    await start([1, 2], [1], 2)
    const producer = new Producer()
    await producer.init(cluster.node(1))
    const { producerId, producerEpoch } = producer
    const { broker } = cluster.node(2).open
    const verify = async () => {
      const [refusal] = await joinTransaction(
        broker,
        { transactionalId: 'id', producerId, producerEpoch },
        [[TOPIC, 0]],
        { joins: false, knowsAbortable: true },
      )
      return refusal?.code ?? 'NONE'
    }
    expect(await cluster.finish(verify())).toBe('TRANSACTION_ABORTABLE')
    cluster
      .node(1)
      .open.broker.transactions.addPartitions(
        { transactionalId: 'id', producerId, producerEpoch, partitions: PartitionSet.of([[TOPIC, [0]]]) },
        0,
      )
    expect(await cluster.finish(verify())).toBe('NONE')
    const late = verify()
    const end = { producerId, producerEpoch, coordinatorEpoch: 0, transactionVersion: 0, committed: false }
    await writeMarker(broker, TOPIC, 0, end)
    expect(await cluster.finish(late)).toBe('TRANSACTION_ABORTABLE')
  })

  test('take no write that the coordinator does not know of, or while it cannot be asked', async () => {
    await start([1, 2], [1], 2)
    const producer = new Producer()
    await producer.init(cluster.node(1))
    const stranger = new Producer()
    Object.assign(stranger, { producerId: 77n, producerEpoch: 0 })
    expect(await stranger.send(cluster.node(2), 'a')).toBe('INVALID_PRODUCER_ID_MAPPING')
    cluster.network.kill(cluster.node(1).port)
    expect(await producer.send(cluster.node(2), 'a')).toBe('NOT_ENOUGH_REPLICAS')
    expect(cluster.node(2).logged).toEqual([])
  })
})
