import type { Clock } from '../../clock.ts'

/** Who follows the metadata without a vote, and how far it is. Times are milliseconds since the epoch, -1 for never. */
export interface ObserverState {
  readonly replicaId: number
  readonly replicaDirectoryId: string
  readonly logEndOffset: bigint
  readonly lastFetchTimestamp: number
  readonly lastCaughtUpTimestamp: number
}

interface Observer extends ObserverState {
  /** Where the log ended when it fetched last. */
  readonly leaderEndOffset: bigint
}

/** Whoever has not fetched for so long is forgotten (LeaderState.OBSERVER_SESSION_TIMEOUT_MS). */
const FORGOTTEN_AFTER_MS = 300_000

/** The brokers that fetch the metadata, as `kafka-metadata-quorum describe` shows them (LeaderState.ReplicaState). */
export class Observers {
  private readonly byKey = new Map<string, Observer>()

  constructor(private readonly clock: Clock) {}

  /** Has fetched up to `logEndOffset`, while the log ended at `leaderEndOffset`. */
  note(replicaId: number, replicaDirectoryId: string, logEndOffset: bigint, leaderEndOffset: bigint): void {
    const key = `${replicaId} ${replicaDirectoryId}`
    const before = this.byKey.get(key)
    const now = this.clock.now()
    this.byKey.set(key, {
      replicaId,
      replicaDirectoryId,
      logEndOffset,
      leaderEndOffset,
      lastFetchTimestamp: now,
      lastCaughtUpTimestamp: logEndOffset >= leaderEndOffset ? now : caughtUpBefore(before, logEndOffset),
    })
  }

  all(): readonly ObserverState[] {
    for (const [key, { lastFetchTimestamp }] of this.byKey)
      if (this.clock.now() - lastFetchTimestamp >= FORGOTTEN_AFTER_MS) this.byKey.delete(key)
    return [...this.byKey.values()]
  }
}

/** Whoever has now what there was at its last fetch had caught up then. */
function caughtUpBefore(before: Observer | undefined, logEndOffset: bigint): number {
  if (!before) return -1
  const { leaderEndOffset, lastFetchTimestamp, lastCaughtUpTimestamp } = before
  return leaderEndOffset > 0n && logEndOffset >= leaderEndOffset
    ? Math.max(lastCaughtUpTimestamp, lastFetchTimestamp)
    : lastCaughtUpTimestamp
}
