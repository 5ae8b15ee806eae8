import type { Assignment } from '../consumer/consumer.ts'
import type { PartitionState } from '../consumer/partition-state.ts'
import type { GroupMetadata } from './holdings.ts'

/** Reads what a group assigns, from where the group stopped, and commits what has been printed; whatever protocol the group speaks. */
export interface GroupAssignment extends Assignment {
  /** The member as it is now, for offsets that are committed by a transaction. */
  metadata(): GroupMetadata
  /** Reads partitions again from these offsets; nothing happens to those that are this member's no more. */
  seek(positions: Iterable<readonly [PartitionState, bigint]>): void
}
