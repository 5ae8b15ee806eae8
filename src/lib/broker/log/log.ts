import { randomUUID } from 'node:crypto'
import { dirname, join } from 'node:path'
import type { Timer } from '../../clock.ts'
import { KafkaError } from '../../errors.ts'
import type { Cleaner } from './cleaner.ts'
import type { LeaderEpochCache } from './leader-epoch-cache.ts'
import { loadSegments } from './load-segments.ts'
import type { LogContext } from './log-context.ts'
import { deletedFolder } from './names.ts'
import type { Prepared } from './prepare.ts'
import { prepareBatches } from './prepare.ts'
import type { BatchMetadata } from './producer-entry.ts'
import type { ProducerSnapshots } from './producer-snapshots.ts'
import type { ProducerState } from './producer-state.ts'
import { countBelow, countExpired } from './retention.ts'
import { shouldRoll, shouldRollIdle } from './roll.ts'
import type { SegmentList } from './segment-list.ts'
import { readSegment } from './segment-read.ts'
import { findLatest, findSince } from './segment-search.ts'
import { onDisk } from './storage-error.ts'
import { collectAborted } from './transactions/collect-aborted.ts'
import type { AbortedTransaction } from './transactions/transaction-index.ts'
import type {
  ActiveProducer, AppendOptions, AppendResult, LogConfig, PartitionLog, ReadOptions, TimestampAndOffset,
} from './types.ts'

const EMPTY = Buffer.alloc(0)
/** Longer than a timer can run: whoever sets this wants no timer. */
const NEVER_MS = 0x7fff_ffff

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
  readonly flushedOffset: bigint
  readonly onLogStartOffsetChanged: (offset: bigint) => void
}

/** A partition's log: its segments in order, and what is known about their records. */
export class Log implements PartitionLog {
  logStartOffset: bigint
  logEndOffset: bigint
  /** The records below are on the disk. */
  private flushedOffset: bigint
  /** Whether the folder and the names in it are on the disk. */
  private areNamesSynced = false
  private flushTimer: Timer | null = null

  constructor(private readonly parts: LogParts) {
    this.logStartOffset = parts.logStartOffset
    this.logEndOffset = parts.logEndOffset
    this.flushedOffset = parts.flushedOffset
  }

  get firstOpenOffset(): bigint | null {
    return this.parts.producers.firstOpenOffset
  }

  get sizeInBytes(): number {
    return this.parts.segments.sizeInBytes
  }

  append(records: Buffer, options: AppendOptions): AppendResult {
    return this.onDisk('write to', () => {
      const prepared = this.prepare(records, options)
      const repeated = this.findRepeated(prepared, options)
      if (repeated) return this.result(repeated.lastOffset - BigInt(repeated.offsetDelta), repeated.timestamp, true)
      this.write(prepared, options.leaderEpoch)
      this.flushIfDue()
      return this.result(prepared.baseOffset, prepared.latest.timestamp, false)
    })
  }

  private prepare(records: Buffer, options: AppendOptions): Prepared {
    const { log, config, clock } = this.parts.context
    const prepared = prepareBatches(records, { ...options, log, config, baseOffset: this.logEndOffset, now: clock.now() })
    if (prepared.data.length <= config.segmentBytes) return prepared
    throw new KafkaError('RECORD_LIST_TOO_LARGE', `${prepared.data.length} bytes of records are over segment.bytes=${config.segmentBytes} of ${log}`)
  }

  /** The batch in the log that a producer sends again, null when all is new. */
  private findRepeated({ batches }: Prepared, options: AppendOptions): BatchMetadata | null {
    for (const { header, marker } of batches) {
      const repeated = this.parts.producers.check(header, marker, options)
      if (repeated) return repeated
    }
    return null
  }

  /** The producers come last: they learn only of what is in the log. */
  private write(prepared: Prepared, leaderEpoch: number): void {
    const { segments, epochs, producers, context } = this.parts
    epochs.assign(leaderEpoch, prepared.baseOffset)
    this.rollIfNeeded(prepared)
    const aborted = this.abortedBy(prepared)
    segments.active.append(prepared.data, { ...prepared, aborted }, context.config.indexIntervalBytes)
    this.logEndOffset = prepared.lastOffset + 1n
    // The first aborted transaction of a segment has made a file.
    if (aborted.length > 0) this.areNamesSynced = false
    for (const { header, marker, baseOffset, maxTimestamp } of prepared.batches) producers.update(header, marker, baseOffset, maxTimestamp)
  }

  private abortedBy({ batches }: Prepared): AbortedTransaction[] {
    return batches.map(({ header, marker, baseOffset }) => marker && this.parts.producers.abortedBy(header, marker, baseOffset))
      .filter((aborted) => aborted !== null)
  }

  private rollIfNeeded({ data, lastOffset, latest }: Prepared): void {
    const { context: { config, clock }, segments } = this.parts
    const upcoming = { bytes: data.length, lastOffset, newestTimestamp: latest.timestamp }
    if (shouldRoll(segments.active, upcoming, config, clock.now())) this.roll()
  }

  /**
   * Begins a new segment. The old one is put on the disk first, so that only the last segment can be damaged by a power cut,
   * and with it the state of producers up to here.
   */
  private roll(): void {
    const { segments, snapshots, producers } = this.parts
    this.sealActive()
    snapshots.take(producers, this.logEndOffset)
    segments.addAt(this.logEndOffset)
  }

  /** Puts the active segment on the disk with all that is known about it, as the last of its kind or at the end of the day. */
  private sealActive(): void {
    const { segments, epochs } = this.parts
    segments.active.seal()
    epochs.sync()
    this.syncNames()
    this.flushedOffset = this.logEndOffset
  }

  private syncNames(): void {
    const { fileSystem, directory } = this.parts.context
    if (this.areNamesSynced) return
    fileSystem.syncDirectory(directory)
    fileSystem.syncDirectory(dirname(directory))
    this.areNamesSynced = true
  }

  private result(baseOffset: bigint, timestamp: bigint, duplicate: boolean): AppendResult {
    const isLogAppendTime = this.parts.context.config.messageTimestampType === 'LogAppendTime'
    return { baseOffset, logAppendTimeMs: isLogAppendTime ? timestamp : -1n, logStartOffset: this.logStartOffset, duplicate }
  }

  /** `flush.messages` and `flush.ms`. */
  private flushIfDue(): void {
    const { config, clock } = this.parts.context
    if (Number(this.logEndOffset - this.flushedOffset) >= config.flushMessages) this.flushActive()
    else if (config.flushMs < NEVER_MS) this.flushTimer ??= clock.after(config.flushMs, () => this.flushLater())
  }

  private flushLater(): void {
    try {
      this.flush()
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error
      this.parts.context.onWarning(error.message)
    }
  }

  read(offset: bigint, options: ReadOptions): Buffer {
    this.checkInRange(offset)
    if (offset === this.logEndOffset || offset >= options.upTo) return EMPTY
    return this.onDisk('read from', () => {
      const { segments } = this.parts
      for (let index = segments.indexFor(offset); ; index += 1) {
        const segment = segments.at(index)
        const found = segment ? readSegment(segment, offset, options) : EMPTY
        if (found) return found
      }
    })
  }

  private checkInRange(offset: bigint): void {
    if (offset >= this.logStartOffset && offset <= this.logEndOffset) return
    throw new KafkaError('OFFSET_OUT_OF_RANGE',
      `${this.parts.context.log} has no offset ${offset}: it goes from ${this.logStartOffset} to ${this.logEndOffset}`)
  }

  abortedTransactions(from: bigint, upTo: bigint): AbortedTransaction[] {
    return this.onDisk('read from', () => collectAborted(this.parts.segments.from(from), from, upTo))
  }

  hasOpenTransaction(producerId: bigint, producerEpoch: number): boolean {
    return this.parts.producers.hasOpenTransaction(producerId, producerEpoch)
  }

  offsetForTimestamp(timestamp: bigint): TimestampAndOffset | null {
    const { segments } = this.parts
    return this.onDisk('read from', () => findSince(segments.from(this.logStartOffset), timestamp, this.logStartOffset))
  }

  maxTimestampOffset(): TimestampAndOffset | null {
    const { segments } = this.parts
    return this.onDisk('read from', () => findLatest(segments.from(this.logStartOffset), this.logStartOffset))
  }

  endOffsetForEpoch(leaderEpoch: number): { leaderEpoch: number; endOffset: bigint } {
    return this.parts.epochs.endOffsetFor(leaderEpoch, this.logEndOffset)
  }

  epochAt(offset: bigint): number {
    return this.parts.epochs.epochAt(offset)
  }

  latestEpoch(): number {
    return this.parts.epochs.latest
  }

  deleteRecordsBefore(offset: bigint): void {
    if (offset > this.logEndOffset) this.checkInRange(offset)
    if (offset <= this.logStartOffset) return
    this.onDisk('delete records of', () => {
      this.moveLogStart(offset)
      this.parts.segments.dropFirst(countBelow(this.parts.segments.all, offset))
    })
  }

  applyRetention(now: number): void {
    this.onDisk('delete old segments of', () => {
      const { segments, producers, context: { config } } = this.parts
      producers.expire(now)
      if (shouldRollIdle(segments.active, config, now)) this.roll()
      const count = countExpired(segments.all, config, this.logStartOffset, now)
      if (count === segments.all.length) this.roll()
      const newStart = segments.at(count)!.baseOffset
      if (newStart > this.logStartOffset) this.moveLogStart(newStart)
      segments.dropFirst(count)
    })
  }

  /** The start moves before the segments go: what is below it is not missed. */
  private moveLogStart(offset: bigint): void {
    this.parts.epochs.truncateFromStart(offset)
    this.logStartOffset = offset
    this.parts.onLogStartOffsetChanged(offset)
  }

  compact(now: number): boolean {
    return this.onDisk('compact', () => this.parts.cleaner.compact(this.logStartOffset, now))
  }

  updateConfig(config: LogConfig): void {
    this.parts.context.config = config
  }

  activeProducers(): readonly ActiveProducer[] {
    return this.parts.producers.active()
  }

  flush(): void {
    this.onDisk('write to', () => this.flushActive())
  }

  private flushActive(): void {
    this.cancelFlush()
    if (this.flushedOffset === this.logEndOffset) return
    this.parts.segments.active.flush()
    this.syncNames()
    this.flushedOffset = this.logEndOffset
  }

  close(): void {
    const { segments, producers, snapshots } = this.parts
    this.cancelFlush()
    segments.removal.finishAll()
    this.onDisk('write to', () => {
      try {
        if (segments.active.isChanged) this.sealActive()
        snapshots.take(producers, this.logEndOffset)
      } finally {
        segments.close()
      }
    })
  }

  delete(): void {
    const { context: { fileSystem, directory }, topic, partition, segments } = this.parts
    const parent = dirname(directory)
    const doomed = join(parent, deletedFolder(topic, partition, randomUUID().replaceAll('-', '')))
    this.cancelFlush()
    segments.removal.finishAll()
    this.onDisk('delete', () => {
      segments.close()
      fileSystem.rename(directory, doomed)
      fileSystem.syncDirectory(parent)
      fileSystem.remove(doomed)
    })
  }

  private cancelFlush(): void {
    this.flushTimer?.cancel()
    this.flushTimer = null
  }

  private onDisk<T>(action: string, run: () => T): T {
    return onDisk(action, this.parts.context.directory, () => {
      if (this.parts.cleaner.isInterrupted) this.reopenSegments()
      return run()
    })
  }

  /** The disk failed while a compaction put new segments in place: what it left is finished as after a crash. */
  private reopenSegments(): void {
    const { context, epochs, segments, cleaner } = this.parts
    segments.reset(loadSegments(context, epochs, false, this.logStartOffset).segments)
    cleaner.isInterrupted = false
  }
}
