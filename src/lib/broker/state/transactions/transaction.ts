import { NO_PRODUCER_EPOCH, NO_PRODUCER_ID } from '../../../protocol/records/index.ts'
import { PartitionSet } from './partition-set.ts'

/** States of a transaction under Kafka's names, in the order of their numbers (TransactionState). */
export const STATUSES = [
  'Empty',
  'Ongoing',
  'PrepareCommit',
  'PrepareAbort',
  'CompleteCommit',
  'CompleteAbort',
  'Dead',
  'PrepareEpochFence',
] as const
export type TransactionStatus = (typeof STATUSES)[number]

/** From this version of the feature on each transaction has an epoch of its own (KIP-890). */
export const EPOCH_BUMP_VERSION = 2
/** The largest epoch is left for fencing: no producer is ever given it. */
const LAST_USABLE_EPOCH = 0x7fff - 1
export const NO_TIMESTAMP = -1

/** What a producer goes by. */
export interface Producer {
  readonly producerId: bigint
  readonly producerEpoch: number
}

/** A transactional id and what has become of it (TransactionMetadata in Kafka). A change makes another one. */
export interface Transaction {
  readonly transactionalId: string
  readonly producerId: bigint
  readonly previousProducerId: bigint
  /** Given to the producer when the transaction is complete, because its epochs are used up; -1 otherwise. */
  readonly nextProducerId: bigint
  /** -1 before the first producer has been given one. */
  readonly producerEpoch: number
  /** By which a repeated request is told from one of another producer; not kept over a restart. */
  readonly lastProducerEpoch: number
  readonly timeoutMs: number
  readonly status: TransactionStatus
  readonly partitions: PartitionSet
  /** When the first partition was added, -1 before that. */
  readonly startTimestamp: number
  readonly lastUpdateTimestamp: number
  /** `transaction.version` of the client at the last change. */
  readonly clientVersion: number
}

/** A transactional id that nobody has used yet. */
export function newTransaction(
  transactionalId: string,
  producerId: bigint,
  timeoutMs: number,
  now: number,
): Transaction {
  return {
    transactionalId,
    producerId,
    timeoutMs,
    previousProducerId: NO_PRODUCER_ID,
    nextProducerId: NO_PRODUCER_ID,
    producerEpoch: NO_PRODUCER_EPOCH,
    lastProducerEpoch: NO_PRODUCER_EPOCH,
    status: 'Empty',
    partitions: PartitionSet.empty,
    startTimestamp: NO_TIMESTAMP,
    lastUpdateTimestamp: now,
    clientVersion: 0,
  }
}

export function isEpochExhausted(producerEpoch: number): boolean {
  return producerEpoch >= LAST_USABLE_EPOCH
}

export function isEnding({ status }: Transaction): boolean {
  return status === 'PrepareCommit' || status === 'PrepareAbort'
}

/** Ready for a producer: under an epoch of its own, with no transaction open. */
export function initialized(
  transaction: Transaction,
  producer: Pick<Transaction, 'producerId' | 'producerEpoch' | 'lastProducerEpoch' | 'timeoutMs'>,
  now: number,
): Transaction {
  return changed(transaction, {
    ...producer,
    status: 'Empty',
    partitions: PartitionSet.empty,
    startTimestamp: NO_TIMESTAMP,
    lastUpdateTimestamp: now,
  })
}

export function withPartitions(
  transaction: Transaction,
  added: PartitionSet,
  clientVersion: number,
  now: number,
): Transaction {
  return changed(transaction, {
    clientVersion,
    status: 'Ongoing',
    partitions: transaction.partitions.with(added.byTopic()),
    lastUpdateTimestamp: now,
    startTimestamp: transaction.status === 'Ongoing' ? transaction.startTimestamp : now,
  })
}

/** The outcome is decided. From version 2 on the epoch goes up with it, and markers carry the new one. */
export function prepared(
  transaction: Transaction,
  committed: boolean,
  end: { clientVersion: number; nextProducerId: bigint },
  now: number,
): Transaction {
  const { producerEpoch, lastProducerEpoch, status, startTimestamp } = transaction
  const bumps = end.clientVersion >= EPOCH_BUMP_VERSION
  return changed(transaction, {
    ...end,
    status: committed ? 'PrepareCommit' : 'PrepareAbort',
    // Past the largest epoch there is only the next producer id.
    producerEpoch: bumps && producerEpoch < 0x7fff ? producerEpoch + 1 : producerEpoch,
    lastProducerEpoch: bumps ? producerEpoch : lastProducerEpoch,
    // One that never had a partition begins and ends at once.
    startTimestamp: status === 'Ongoing' ? startTimestamp : now,
    lastUpdateTimestamp: now,
  })
}

/** Every partition has its marker. */
export function completed(transaction: Transaction, now: number): Transaction {
  const { nextProducerId, clientVersion, status } = transaction
  const isRotated = clientVersion >= EPOCH_BUMP_VERSION && nextProducerId !== NO_PRODUCER_ID
  return changed(transaction, {
    ...(isRotated && { producerId: nextProducerId, producerEpoch: 0 }),
    nextProducerId: NO_PRODUCER_ID,
    status: status === 'PrepareCommit' ? 'CompleteCommit' : 'CompleteAbort',
    partitions: PartitionSet.empty,
    lastUpdateTimestamp: now,
  })
}

/** Every change remembers the producer id before it. */
function changed(transaction: Transaction, changes: Partial<Transaction>): Transaction {
  return { ...transaction, previousProducerId: transaction.producerId, ...changes }
}
