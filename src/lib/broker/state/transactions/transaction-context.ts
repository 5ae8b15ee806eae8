import type { Clock } from '../../../clock.ts'
import type { EndMarker } from '../../../protocol/records/index.ts'
import type { CoordinatorLog } from '../coordination/coordinator-log.ts'
import type { CoordinatorTimers } from '../coordination/timers.ts'
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
 * Writes a marker into a partition, wherever it is led. Throws KafkaError as PartitionLog.append does, or when there is
 * no such partition.
 */
export type WriteMarker = (topic: string, partition: number, end: TransactionEnd) => void

/** What the parts of the coordinator share. */
export interface TransactionContext {
  readonly clock: Clock
  readonly settings: TransactionSettings
  readonly log: CoordinatorLog<TransactionRecord>
  readonly timers: CoordinatorTimers
  readonly transactions: Map<string, Transaction>
  /** Partitions that lack their marker yet, of transactions that are ending. */
  readonly unmarked: Map<string, PartitionSet>
  readonly generateProducerId: () => bigint
  readonly writeMarker: WriteMarker
  /** Told of transactions that have ended, one line each. */
  readonly info?: (line: string) => void
}
