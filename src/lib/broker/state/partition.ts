import { KafkaError } from '../../errors.ts'
import type { AppendOptions, AppendResult, PartitionLog } from '../log/types.ts'

type Watcher = (bytes: number) => void

/** A partition that this node leads: its log, and who waits for it to grow. */
export class Partition {
  private isFailing = false
  private readonly watchers = new Set<Watcher>()
  private readonly stableWatchers = new Set<Watcher>()
  /** Appended while a transaction was open: not to be seen by who reads committed records only. */
  private unstableBytes = 0

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
    const { firstOpenOffset, logStartOffset } = this.log
    if (firstOpenOffset === null) return this.highWatermark
    return firstOpenOffset > logStartOffset ? firstOpenOffset : logStartOffset
  }

  /** See PartitionLog.append for the errors. */
  append(records: Buffer, options: Omit<AppendOptions, 'leaderEpoch'>): AppendResult {
    const stableBefore = this.lastStableOffset
    const result = this.appendToLog(records, options)
    if (!result.duplicate) this.tellWatchers(records.length, this.lastStableOffset > stableBefore)
    return result
  }

  /**
   * When the last stable offset moves, all that has waited for it counts: more may be told than is there, never less.
   */
  private tellWatchers(appendedBytes: number, isMoreStable: boolean): void {
    for (const watcher of this.watchers) watcher(appendedBytes)
    this.unstableBytes += appendedBytes
    if (!isMoreStable) return
    for (const watcher of this.stableWatchers) watcher(this.unstableBytes)
    if (this.lastStableOffset === this.highWatermark) this.unstableBytes = 0
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

  /**
   * Calls `watcher` with the number of bytes whenever there is more to read, until the returned function is called:
   * after each append, or, for those who read committed records only, when transactions have ended that kept them from
   * it.
   */
  watch(watcher: Watcher, isCommittedOnly: boolean): () => void {
    const watchers = isCommittedOnly ? this.stableWatchers : this.watchers
    watchers.add(watcher)
    return () => watchers.delete(watcher)
  }

  /** Wakes those who wait, so that they see that the partition is no longer served here. */
  release(): void {
    for (const watcher of [...this.watchers, ...this.stableWatchers]) watcher(Number.MAX_SAFE_INTEGER)
  }
}
