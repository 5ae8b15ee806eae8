import type { Cleaner } from './cleaner.ts'
import type { LeaderEpochCache } from './leader-epoch-cache.ts'
import type { LogContext } from './log-context.ts'
import type { ProducerSnapshots } from './producer-snapshots.ts'
import type { ProducerState } from './producer-state.ts'
import type { SegmentList } from './segment-list.ts'

/** What `openLog` has put together. */
export interface LogParts {
  readonly context: LogContext
  readonly topic: string
  readonly partition: number
  readonly segments: SegmentList
  readonly epochs: LeaderEpochCache
  readonly producers: ProducerState
  readonly snapshots: ProducerSnapshots
  readonly cleaner: Cleaner
  readonly logStartOffset: bigint
  readonly logEndOffset: bigint
  readonly highWatermark: bigint
  readonly recoveryPoint: bigint
  readonly areNamesSynced: boolean
  readonly requireFolder: () => void
  readonly onRecoveryPointChanged: (offset: bigint) => void
  readonly onLogStartOffsetChanged: (offset: bigint) => void
}
