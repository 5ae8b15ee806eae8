import { AddOffsetsToTxn } from '../../protocol/apis/add-offsets-to-txn.ts'
import { AddPartitionsToTxn } from '../../protocol/apis/add-partitions-to-txn.ts'
import { EndTxn } from '../../protocol/apis/end-txn.ts'
import { InitProducerId } from '../../protocol/apis/init-producer-id.ts'
import { TxnOffsetCommit } from '../../protocol/apis/txn-offset-commit.ts'
import { groupByTopic } from '../topic-partition.ts'
import type { GroupMetadata } from '../group/membership.ts'
import { Coordinator } from '../coordinator.ts'
import type { KafkaClient } from '../types.ts'
import type { Coordinators } from './coordinators.ts'
import type { Partition } from './partition.ts'

/** Who a transactional producer is; a higher epoch shuts out those with the same id before it. */
export interface ProducerEpoch {
  readonly producerId: bigint
  readonly epoch: number
}

export interface OffsetToCommit {
  readonly topic: string
  readonly partition: number
  /** Of the next record to be read. */
  readonly offset: bigint
  /** -1 when it is not known. */
  readonly leaderEpoch: number
}

/**
 * What clients say to a cluster whose `transaction.version` is below 2. From 2 on a batch or an offset makes itself
 * part of the transaction, and each transaction ends with a new epoch (KIP-890); clients must not mix the two.
 */
const BEFORE_KIP_890 = { endTxn: 4, txnOffsetCommit: 4 }
/** From version 4 on brokers ask each other. */
const ADD_PARTITIONS_OF_CLIENTS = 3
/** Before these versions the fields that fence are missing (KIP-360, KIP-447). */
const FENCING_SINCE = { initProducerId: 3, txnOffsetCommit: 3 }

/** The requests of one transactional id, in the form that the cluster's `transaction.version` asks for. */
export class TransactionRequests {
  private readonly coordinator: Coordinator
  private readonly groupCoordinators = new Map<string, Coordinator>()

  constructor(
    private readonly client: KafkaClient,
    private readonly coordinators: Coordinators,
    private readonly transactionalId: string,
    private readonly transactionTimeoutMs: number,
  ) {
    this.coordinator = new Coordinator(client, transactionalId, 'transaction')
  }

  /**
   * Ends what is left of an earlier run under this id and shuts it out. With `current` it is only the epoch that goes
   * up.
   */
  async initProducerId(current: ProducerEpoch | null): Promise<ProducerEpoch> {
    const { coordinator, transactionalId, transactionTimeoutMs } = this
    const version = await this.coordinators.version(coordinator, InitProducerId)
    const fence =
      current !== null && version >= FENCING_SINCE.initProducerId
        ? { producerId: current.producerId, producerEpoch: current.epoch }
        : {}
    const { producerId, producerEpoch } = await this.coordinators.ask({
      coordinator,
      api: InitProducerId,
      request: { transactionalId, transactionTimeoutMs, ...fence },
      codes: ({ errorCode }) => [errorCode],
    })
    return { producerId, epoch: producerEpoch }
  }

  async addPartitions({ producerId, epoch }: ProducerEpoch, partitions: readonly Partition[]): Promise<void> {
    const names = partitions.map(({ topic, index }) => ({ topic: topic.name, partition: index }))
    await this.coordinators.ask({
      coordinator: this.coordinator,
      api: AddPartitionsToTxn,
      maxVersion: ADD_PARTITIONS_OF_CLIENTS,
      request: {
        v3AndBelowTransactionalId: this.transactionalId,
        v3AndBelowProducerId: producerId,
        v3AndBelowProducerEpoch: epoch,
        v3AndBelowTopics: groupByTopic(names).map(({ topic, items }) => ({
          name: topic,
          partitions: items.map(({ partition }) => partition),
        })),
      },
      codes: ({ resultsByTopicV3AndBelow: topics }) =>
        topics.flatMap(({ resultsByPartition }) =>
          resultsByPartition.map(({ partitionErrorCode }) => partitionErrorCode),
        ),
    })
  }

  async addOffsets({ producerId, epoch }: ProducerEpoch, groupId: string): Promise<void> {
    const { transactionalId } = this
    await this.coordinators.ask({
      coordinator: this.coordinator,
      api: AddOffsetsToTxn,
      request: { transactionalId, producerId, producerEpoch: epoch, groupId },
      codes: ({ errorCode }) => [errorCode],
    })
  }

  /** The membership goes along, so that a member that has lost it commits nothing (KIP-447). */
  async commitOffsets(
    { producerId, epoch }: ProducerEpoch,
    offsets: readonly OffsetToCommit[],
    group: GroupMetadata,
    isKip890: boolean,
  ): Promise<void> {
    const { transactionalId } = this
    const coordinator = this.coordinatorOf(group.groupId)
    const version = await this.coordinators.version(coordinator, TxnOffsetCommit)
    const member = version >= FENCING_SINCE.txnOffsetCommit ? group : { groupId: group.groupId }
    await this.coordinators.ask({
      coordinator,
      api: TxnOffsetCommit,
      maxVersion: isKip890 ? undefined : BEFORE_KIP_890.txnOffsetCommit,
      request: {
        transactionalId,
        producerId,
        producerEpoch: epoch,
        ...member,
        topics: groupByTopic(offsets).map(({ topic, items }) => ({
          name: topic,
          partitions: items.map(({ partition, offset, leaderEpoch }) => ({
            partitionIndex: partition,
            committedOffset: offset,
            committedLeaderEpoch: leaderEpoch,
          })),
        })),
      },
      codes: ({ topics }) => topics.flatMap(({ partitions }) => partitions.map(({ errorCode }) => errorCode)),
    })
  }

  /** Returns the epoch of the next transaction. */
  async end({ producerId, epoch }: ProducerEpoch, committed: boolean, isKip890: boolean): Promise<ProducerEpoch> {
    const { transactionalId } = this
    const next = await this.coordinators.ask({
      coordinator: this.coordinator,
      api: EndTxn,
      maxVersion: isKip890 ? undefined : BEFORE_KIP_890.endTxn,
      request: { transactionalId, producerId, producerEpoch: epoch, committed },
      codes: ({ errorCode }) => [errorCode],
    })
    return isKip890 ? { producerId: next.producerId, epoch: next.producerEpoch } : { producerId, epoch }
  }

  private coordinatorOf(groupId: string): Coordinator {
    const known = this.groupCoordinators.get(groupId) ?? new Coordinator(this.client, groupId, 'group')
    this.groupCoordinators.set(groupId, known)
    return known
  }
}
