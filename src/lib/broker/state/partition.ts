import { KafkaError } from '../../errors.ts'
import type { AppendOptions, AppendResult, PartitionLog } from '../log/types.ts'

/** A partition that this node leads: its log, and who waits for it to grow. */
export class Partition {
  private isFailing = false
  private readonly watchers = new Set<(appendedBytes: number) => void>()

  constructor(
    readonly topic: string,
    readonly topicId: string,
    readonly partition: number,
    readonly leaderEpoch: number,
    readonly log: PartitionLog,
    /** Told when the disk begins to refuse what is written. */
    private readonly onDiskFailure: (reason: string) => void = () => {},
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
    const result = this.appendToLog(records, options)
    if (!result.duplicate) for (const watcher of this.watchers) watcher(records.length)
    return result
  }

  private appendToLog(records: Buffer, options: Omit<AppendOptions, 'leaderEpoch'>): AppendResult {
    try {
      const result = this.log.append(records, { ...options, leaderEpoch: this.leaderEpoch })
      this.isFailing = false
      return result
    } catch (error) {
      if (error instanceof KafkaError && error.code === 'KAFKA_STORAGE_ERROR') this.reportOnce(error.message)
      throw error
    }
  }

  /** Clients try again and again; whoever runs the broker needs to hear of it once. */
  private reportOnce(reason: string): void {
    if (!this.isFailing) this.onDiskFailure(reason)
    this.isFailing = true
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
