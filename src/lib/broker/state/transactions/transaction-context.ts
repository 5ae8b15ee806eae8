import type { Clock } from '../../../clock.ts'
import type { EndMarker } from '../../../protocol/records/index.ts'
import type { ShardContext } from '../coordination/shards.ts'
import type { PartitionSet } from './partition-set.ts'
import type { TransactionRecord } from './records.ts'
import type { TransactionSettings } from './settings.ts'
import type { Transaction } from './transaction.ts'

/** The end of a transaction, as it is written into its partitions. */
export interface TransactionEnd extends EndMarker {
  readonly producerId: bigint
  readonly producerEpoch: number
  /** `transaction.version` of the client whose transaction it was. */
  readonly transactionVersion: number
}

/**
 * Writes a marker into a partition, wherever it is led: a promise where it takes time until it is committed. Throws or
 * rejects with KafkaError as PartitionLog.append does, or when there is no such partition.
 */
export type WriteMarker = (topic: string, partition: number, end: TransactionEnd) => undefined | Promise<void>

/** What is the same for all transactions. */
export interface SharedTransactionContext {
  readonly clock: Clock
  readonly settings: TransactionSettings
  readonly generateProducerId: () => bigint
  readonly writeMarker: WriteMarker
  /** Told of the ids that producers have, which nobody else must be given. */
  readonly noteProducerId: (producerId: bigint) => void
  /** Told of transactions that have ended, one line each. */
  readonly info: ((line: string) => void) | undefined
}

/** What is known of the transactions of one partition of the state topic. */
export interface TransactionContext extends SharedTransactionContext, ShardContext<TransactionRecord> {
  readonly transactions: Map<string, Transaction>
  /** Partitions that lack their marker yet, of transactions that are ending. */
  readonly unmarked: Map<string, PartitionSet>
}
