import type { PartitionLog } from '../log/types.ts'

/**
 * Where a follower's log is to be cut: its last epoch is not the leader's, or goes further. The leader has said its
 * largest epoch that is not after that one, and where it ends there
 * (AbstractFetcherThread.getOffsetTruncationState). The follower asks again then, until both agree.
 */
export function truncationOffset(log: PartitionLog, leaders: { epoch: number; endOffset: bigint }): bigint {
  const own = log.endOffsetForEpoch(leaders.epoch)
  if (own.leaderEpoch === -1) return smallest(leaders.endOffset, log.logEndOffset)
  // An epoch of the leader's that never reached this log: what is here of the one before it is all there can be.
  if (own.leaderEpoch !== leaders.epoch) return smallest(own.endOffset, log.logEndOffset)
  return smallest(own.endOffset, leaders.endOffset, log.logEndOffset)
}

const smallest = (...offsets: readonly bigint[]): bigint =>
  offsets.reduce((least, next) => (next < least ? next : least))
