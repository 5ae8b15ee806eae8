import { KafkaError } from '../../errors.ts'
import { ENDLESS } from '../log/index.ts'
import type { AppendOptions, AppendResult, PartitionLog } from '../log/types.ts'
import type { PartitionRegistration } from './cluster/types.ts'
import { DiskUse, isStorageError } from './disk-use.ts'
import { type FollowerFetch, type IsrProposal, Leadership, type LeadershipContext } from './leadership.ts'
import { Waiters } from './waiters.ts'
import { type Isolation, Watchers } from './watchers.ts'

export interface PartitionContext extends LeadershipContext {
  /** Told when the disk begins to refuse what is written. */
  readonly onWriteRefused: (partition: Partition, error: KafkaError) => void
  readonly onReadRefused: (partition: Partition, error: unknown) => void
  /** Told when the leader wants another ISR, which is `leadership.proposal` then. */
  readonly onIsrProposed: (partition: Partition) => void
}

/** What a leader has answered to its follower. */
export interface FetchedRecords {
  /** Whole batches, as they lie in the leader's log. */
  readonly records: Buffer
  readonly highWatermark: bigint
  readonly logStartOffset: bigint
}

/** What the controller has made of a proposal. */
export interface ConfirmedIsr {
  readonly isr: readonly number[]
  readonly leaderEpoch: number
  readonly partitionEpoch: number
}

/** How far readers may go. */
interface Marks {
  readonly highWatermark: bigint
  readonly lastStableOffset: bigint
  readonly firstOpenOffset: bigint | null
}

/** A transaction that has ended, and whose end is not committed yet. */
interface EndedTransaction {
  readonly firstOffset: bigint
  readonly endOffset: bigint
}

/**
 * A replica that this node holds: its log, its role, and who waits for it. As the controller has decided, it leads,
 * follows another node, or does neither while nobody leads.
 */
export class Partition {
  leaderEpoch = -1
  /** The node that leads, -1 for none. */
  leader = -1
  /** Null where it does not lead. */
  leadership: Leadership | null = null
  /** It leads and has no followers. */
  isAlone = false
  private minInsyncReplicas = 1
  /** What the leader said last. */
  private leaderHighWatermark = 0n
  private ended: EndedTransaction[] = []
  private readonly watchers = new Watchers()
  private readonly waiters: Waiters
  private readonly disk: DiskUse

  constructor(
    readonly topic: string,
    readonly topicId: string,
    readonly partition: number,
    readonly log: PartitionLog,
    private readonly context: PartitionContext,
  ) {
    this.waiters = new Waiters(context.clock)
    this.disk = new DiskUse({
      onWriteRefused: (error) => context.onWriteRefused(this, error),
      onReadRefused: (error) => context.onReadRefused(this, error),
    })
  }

  get isLeader(): boolean {
    return this.leadership !== null
  }

  /** All replicas in sync have what lies below, as far as is known here; with one replica it is the end of the log. */
  get highWatermark(): bigint {
    return this.log.highWatermark
  }

  /**
   * Where the oldest transaction begins that is open, or whose end is not committed; the high watermark when there is
   * none.
   */
  get lastStableOffset(): bigint {
    const { highWatermark } = this
    const { firstOpenOffset, logStartOffset } = this.log
    const unstable = this.ended[0]?.firstOffset ?? firstOpenOffset
    if (unstable === null || unstable >= highWatermark) return highWatermark
    return unstable > logStartOffset ? unstable : logStartOffset
  }

  /** Where the log ends for somebody who reads so far. */
  endFor(isolation: Isolation): bigint {
    if (isolation === 'log-end') return this.log.logEndOffset
    return isolation === 'high-watermark' ? this.highWatermark : this.lastStableOffset
  }

  /** It leads and does not know yet whether all from before its time is committed. */
  get isCatchingUp(): boolean {
    return this.leadership !== null && this.leadership.startOffset > this.highWatermark
  }

  /** Takes its role from what the controller has decided. Returns whether a new leader epoch has begun. */
  follow(registration: PartitionRegistration, minInsyncReplicas: number): boolean {
    const isNewEpoch = registration.leaderEpoch !== this.leaderEpoch
    this.minInsyncReplicas = minInsyncReplicas
    this.leaderEpoch = registration.leaderEpoch
    this.leader = registration.leader
    this.moving(() => {
      if (registration.leader !== this.context.nodeId) this.stopLeading()
      else if (isNewEpoch || !this.leadership) this.lead(registration)
      else this.leadership.update(registration)
      this.shareWith(registration.replicas)
    })
    // Whoever waits here under the former leader is to see that it has changed.
    if (isNewEpoch) this.release()
    return isNewEpoch
  }

  private lead(registration: PartitionRegistration): void {
    this.leadership = new Leadership(registration, this.log.logEndOffset, this.context)
    try {
      if (registration.replicas.length > 1) this.beginEpoch()
    } catch (error) {
      // Followers are answered when it has been noted; the disk's refusal has been reported.
      if (!isStorageError(error)) throw error
    }
  }

  /**
   * Notes where the epoch begins before there is any record of it: followers may have records of epochs that this log
   * never had, and are to find out (KIP-279).
   */
  private beginEpoch(): void {
    this.disk.writing(() => this.log.beginEpoch(this.leaderEpoch))
  }

  private stopLeading(): void {
    this.leadership = null
    this.waiters.fail(new KafkaError('NOT_LEADER_OR_FOLLOWER'))
  }

  private shareWith(replicas: readonly number[]): void {
    const isAlone = this.isLeader && replicas.length === 1
    if (isAlone && !this.isAlone) this.log.highWatermark = ENDLESS
    else if (!isAlone && this.isAlone) this.log.highWatermark = this.log.logEndOffset
    this.isAlone = isAlone
  }

  /** Throws KafkaError NOT_LEADER_OR_FOLLOWER; see PartitionLog.append for the other errors. */
  append(records: Buffer, options: Omit<AppendOptions, 'leaderEpoch'>): AppendResult {
    if (!this.leadership) throw new KafkaError('NOT_LEADER_OR_FOLLOWER')
    return this.moving(() => {
      const result = this.disk.writing(() => this.log.append(records, { ...options, leaderEpoch: this.leaderEpoch }))
      if (!result.duplicate) this.watchers.onAppended(records.length)
      return result
    })
  }

  /** See PartitionLog.read. */
  read(...request: Parameters<PartitionLog['read']>): Buffer {
    return this.disk.reading(() => this.log.read(...request))
  }

  /** See PartitionLog.appendAsFollower for the errors. */
  appendAsFollower({ records, highWatermark, logStartOffset }: FetchedRecords): void {
    this.leaderHighWatermark = highWatermark
    this.moving(() => {
      if (records.length > 0) this.disk.writing(() => this.log.appendAsFollower(records))
      this.followHighWatermark(highWatermark)
      if (logStartOffset > this.log.logStartOffset && logStartOffset <= this.highWatermark)
        this.log.deleteRecordsBefore(logStartOffset)
    })
  }

  /** What comes later may be from another leader, so no more counts than is here. */
  private followHighWatermark(leaders: bigint): void {
    const { logEndOffset } = this.log
    const known = leaders < logEndOffset ? leaders : logEndOffset
    if (known > this.highWatermark) this.log.highWatermark = known
  }

  /** How many offsets of what is committed are missing here. */
  get offsetLag(): bigint {
    const lag = this.leaderHighWatermark - this.log.logEndOffset
    return this.isLeader || lag < 0n ? 0n : lag
  }

  /** Drops what the leader does not have. Throws KafkaError KAFKA_STORAGE_ERROR. */
  truncateTo(offset: bigint): void {
    this.disk.writing(() => this.log.truncateTo(offset))
    this.ended = this.ended.filter(({ endOffset }) => endOffset <= this.log.logEndOffset)
  }

  /** Begins anew, empty, where the leader's log begins. Throws KafkaError KAFKA_STORAGE_ERROR. */
  restartAt(offset: bigint): void {
    this.disk.writing(() => this.log.restartAt(offset))
    this.ended = []
  }

  /**
   * To be called for each Fetch of a follower before it is answered. Throws KafkaError for a node that is no follower,
   * and KAFKA_STORAGE_ERROR.
   */
  requireFollower(fetch: FollowerFetch): void {
    if (!this.leadership) throw new KafkaError('NOT_LEADER_OR_FOLLOWER')
    this.leadership.requireFollower(fetch)
    this.beginEpoch()
  }

  /** A follower has all that lies below the offset that it asks for. Throws KafkaError NOT_LEADER_OR_FOLLOWER. */
  onFollowerFetch(fetch: FollowerFetch): void {
    const leadership = this.leadership!
    this.moving(() => {
      leadership.onFetch(fetch, this.log.logEndOffset)
      if (leadership.proposeExpansion(fetch.nodeId, this.highWatermark)) this.context.onIsrProposed(this)
    })
  }

  /**
   * Asks for followers to join the ISR that were not eligible when they fetched last. To be called when brokers have
   * changed: the next Fetch of one that has everything comes when this leader lets the one under way go.
   */
  expandIsr(): void {
    const { leadership } = this
    if (this.isAlone || !leadership) return
    this.moving(() => {
      if (leadership.proposeAnyExpansion(this.highWatermark)) this.context.onIsrProposed(this)
    })
  }

  /** Asks for followers to leave the ISR that have been behind for too long. To be called now and then. */
  shrinkIsr(): void {
    if (!this.isAlone && this.leadership?.proposeShrink(this.log.logEndOffset)) this.context.onIsrProposed(this)
  }

  /** What has become of a proposal: null where it was refused and may be made again. */
  settleIsr(proposal: IsrProposal, confirmed: ConfirmedIsr | null): void {
    const { leadership } = this
    if (!leadership || leadership.proposal !== proposal) return
    this.moving(() => leadership.settle(confirmed))
  }

  /** Throws KafkaError NOT_ENOUGH_REPLICAS. */
  requireMinIsr(): void {
    const isr = this.leadership?.isr ?? []
    if (isr.length < this.effectiveMinIsr)
      throw new KafkaError(
        'NOT_ENOUGH_REPLICAS',
        `The size of the current ISR Set(${isr.join(', ')}) is insufficient to satisfy the min.isr requirement of ${this.minInsyncReplicas} for partition ${this.topic}-${this.partition}`,
      )
  }

  /** For a write that is committed. Throws KafkaError NOT_ENOUGH_REPLICAS_AFTER_APPEND. */
  requireMinIsrAfterAppend(): void {
    if (this.leadership && this.leadership.maximalIsr.length < this.effectiveMinIsr)
      throw new KafkaError('NOT_ENOUGH_REPLICAS_AFTER_APPEND')
  }

  /** No more than there are (KIP-966). */
  private get effectiveMinIsr(): number {
    return Math.min(this.minInsyncReplicas, this.leadership?.replicaCount ?? 1)
  }

  /**
   * Waits until all below an offset is committed; undefined when it is already. Rejects with KafkaError
   * NOT_LEADER_OR_FOLLOWER when another leads before, and REQUEST_TIMED_OUT.
   */
  awaitCommit(offset: bigint, timeoutMs: number): undefined | Promise<void> {
    if (this.isAlone) return undefined
    return this.awaitAsLeader(() => this.highWatermark >= offset, timeoutMs)
  }

  /** The lowest start of the logs of all replicas that are alive. */
  get lowWatermark(): bigint {
    return this.leadership?.lowWatermark(this.log.logStartOffset) ?? this.log.logStartOffset
  }

  /** The same for the deletion of all below an offset. */
  awaitDeletion(offset: bigint, timeoutMs: number): undefined | Promise<void> {
    return this.awaitAsLeader(() => this.lowWatermark >= offset, timeoutMs)
  }

  private awaitAsLeader(isOver: () => boolean, timeoutMs: number): undefined | Promise<void> {
    if (!this.isLeader) return Promise.reject(new KafkaError('NOT_LEADER_OR_FOLLOWER'))
    return this.waiters.until(isOver, timeoutMs)
  }

  /** See Watchers.watch. */
  watch(watcher: (bytes: number) => void, isolation: Isolation): () => void {
    return this.watchers.watch(watcher, isolation)
  }

  /** Wakes those who wait to read, so that they see whether the partition is still served here. */
  release(): void {
    this.watchers.release()
  }

  /** It is no longer held here. */
  close(): void {
    this.stopLeading()
    this.release()
  }

  /** Does what may move the marks, and tells those who wait for that. */
  private moving<T>(change: () => T): T {
    const before = this.marks()
    const result = change()
    this.advance()
    this.tellMoved(before)
    return result
  }

  private marks(): Marks {
    const { highWatermark, lastStableOffset } = this
    return { highWatermark, lastStableOffset, firstOpenOffset: this.log.firstOpenOffset }
  }

  /** The high watermark goes as far as the followers have got. It stands still while too few are in sync (KIP-966). */
  private advance(): void {
    const { leadership, log } = this
    if (!leadership || this.isAlone || leadership.isr.length < this.effectiveMinIsr) return
    const committed = leadership.committedOffset(log.logEndOffset)
    if (committed > log.highWatermark) log.highWatermark = committed
  }

  private tellMoved(before: Marks): void {
    const { logEndOffset, firstOpenOffset } = this.log
    const { highWatermark } = this
    if (before.firstOpenOffset !== null && firstOpenOffset !== before.firstOpenOffset)
      this.ended.push({ firstOffset: before.firstOpenOffset, endOffset: logEndOffset })
    while (this.ended[0] && this.ended[0].endOffset <= highWatermark) this.ended.shift()
    const { lastStableOffset } = this
    if (highWatermark > before.highWatermark) this.watchers.onHighWatermarkMoved(highWatermark === logEndOffset)
    if (lastStableOffset > before.lastStableOffset) this.watchers.onStableOffsetMoved(lastStableOffset === logEndOffset)
    this.waiters.check()
  }
}
