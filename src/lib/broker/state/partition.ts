import type { AppendOptions, AppendResult, PartitionLog } from '../log/types.ts'

/** A partition that this node leads: its log, and who waits for it to grow. */
export class Partition {
  private readonly watchers = new Set<(appendedBytes: number) => void>()

  constructor(
    readonly topic: string,
    readonly topicId: string,
    readonly partition: number,
    readonly leaderEpoch: number,
    readonly log: PartitionLog,
  ) {}

  /** What followers have confirmed; with no follower, all of the log. */
  get highWatermark(): bigint {
    return this.log.logEndOffset
  }

  /** The first offset of the oldest open transaction, or the high watermark when there is none. */
  get lastStableOffset(): bigint {
    return this.highWatermark
  }

  /** See PartitionLog.append for the errors. */
  append(records: Buffer, options: Omit<AppendOptions, 'leaderEpoch'>): AppendResult {
    const result = this.log.append(records, { ...options, leaderEpoch: this.leaderEpoch })
    if (!result.duplicate) for (const watcher of this.watchers) watcher(records.length)
    return result
  }

  /** Calls `watcher` after each append, with its size in bytes, until the returned function is called. */
  watch(watcher: (appendedBytes: number) => void): () => void {
    this.watchers.add(watcher)
    return () => this.watchers.delete(watcher)
  }

  /** Wakes those who wait, so that they see that the partition is no longer served here. */
  release(): void {
    for (const watcher of this.watchers) watcher(Number.MAX_SAFE_INTEGER)
  }
}
