import { MalformedError } from '../../errors.ts'
import {
  type BatchHeader,
  NO_PRODUCER_ID,
  readBatchHeader,
  readEndMarker,
  type RecordReader,
} from '../../protocol/records/index.ts'
import { type CleanableRange, cleanableRange } from './cleanable-range.ts'
import { ENDLESS } from './endless.ts'
import { deleteHorizonOf, emptyBatch, filterBatch } from './filter-batch.ts'
import { groupSegments } from './group-segments.ts'
import { OffsetMap } from './offset-map.ts'
import type { LogContext } from './log-context.ts'
import { SUFFIX } from './names.ts'
import type { ProducerState } from './producer-state.ts'
import { removeSegmentFiles } from './segment-removal.ts'
import type { SegmentList } from './segment-list.ts'
import { Segment } from './segment.ts'
import { type Pause, Slices } from './slices.ts'
import { Replacement } from './swap.ts'
import { requireWhole } from './walk-batches.ts'
import { CleanedTransactions } from './transactions/cleaned-transactions.ts'
import type { AbortedTransaction } from './transactions/transaction-index.ts'

/** What a cleaner is told, and whom it tells. */
export interface CleanerOptions {
  /** As many keys as one compaction keeps in mind. */
  readonly maxKeys: number
  /** Below, every key has been seen by a compaction. */
  readonly cleanedOffset: bigint
  readonly onCleaned: (offset: bigint) => void
}

/** Between these a log is compacted: what lies behind the high watermark may be gone tomorrow. */
interface Bounds {
  readonly logStartOffset: bigint
  readonly highWatermark: bigint
}

/** One walk over the log. */
interface Pass {
  readonly keys: OffsetMap
  readonly transactions: CleanedTransactions
  readonly now: number
  readonly slices: Slices
}

/** The segments are no longer what they were when a compaction began: it is left for the next time. */
class Overtaken extends Error {}

const NO_PAUSE: Pause = () => Promise.resolve()

/**
 * Compacts a log: of each key only the latest record stays, and tombstones go some time after they were first seen here
 * (LogCleaner in Kafka). Offsets never change. It works in slices, between which the log goes on as if there were no
 * cleaner: it grows, rolls, and loses old segments.
 */
export class Cleaner {
  private cleanedOffset: bigint
  /** A replacement has been decided but not finished: the segments have to be opened anew. */
  isInterrupted = false
  private isStopped = false
  /** Records that a compaction under way goes by may be gone. */
  private isOvertaken = false
  private stuckAt = -1n
  /**
   * Damage was met. A tombstone must not go while what it stands over may be in there, so the whole log stays as it is.
   */
  private isDamaged = false

  constructor(
    private readonly context: LogContext,
    private readonly segments: SegmentList,
    private readonly producers: ProducerState,
    private readonly options: CleanerOptions,
  ) {
    this.cleanedOffset = options.cleanedOffset
  }

  /** Compaction alone makes gaps between offsets: where it goes on, they may be anywhere. */
  get gaplessFrom(): bigint {
    return this.context.config.cleanupPolicy.has('compact') ? ENDLESS : this.cleanedOffset
  }

  /** Compacts once, if it is worth it; returns whether it did. */
  async compact({ logStartOffset, highWatermark }: Bounds, now: number, pause: Pause = NO_PAUSE): Promise<boolean> {
    const { config, clock } = this.context
    if (!config.cleanupPolicy.has('compact') || this.isDamaged) return false
    const firstDirty = this.cleanedOffset > logStartOffset ? this.cleanedOffset : logStartOffset
    const firstOpen = this.producers.firstOpenOffset
    const stableEnd = firstOpen !== null && firstOpen < highWatermark ? firstOpen : highWatermark
    const range = cleanableRange(this.segments.all, config, { firstDirtyOffset: firstDirty, stableEnd }, now)
    if (!range) return false
    const slices = new Slices(clock, pause)
    this.isOvertaken = false
    try {
      return await this.compactRange(range, now, slices)
    } catch (error) {
      if (error instanceof Overtaken) return false
      if (error instanceof MalformedError) return this.leaveAlone(error)
      throw error
    }
  }

  /** As Kafka's partitions that cannot be cleaned: until somebody has looked, and the log is opened anew. */
  private leaveAlone({ message }: MalformedError): false {
    this.isDamaged = true
    this.context.onWarning(`${this.context.log} is damaged and is not compacted any more: ${message}`)
    return false
  }

  /** To be called when records from an offset on are gone: what was compacted by them counts for nothing. */
  truncateTo(offset: bigint): void {
    this.isOvertaken = true
    if (this.cleanedOffset > offset) this.note(offset)
  }

  /** To be called before batches that may not follow each other: a leader sends what it had compacted. */
  expectGaps(batches: readonly { readonly header: BatchHeader }[], logEndOffset: bigint): void {
    const following = batches.findLast(
      ({ header }, index) => header.baseOffset > (batches[index - 1]?.header.lastOffset ?? logEndOffset - 1n) + 1n,
    )
    if (following && following.header.baseOffset > this.gaplessFrom) this.note(following.header.baseOffset)
  }

  /** What was noted while nothing was compacted says no more than where gaps may be. */
  beginCompacting(): void {
    if (this.cleanedOffset > 0n) this.note(0n)
  }

  private note(cleanedOffset: bigint): void {
    this.options.onCleaned(cleanedOffset)
    this.cleanedOffset = cleanedOffset
  }

  /** Ends a compaction that is under way, to be called when the log is closed. */
  stop(): void {
    this.isStopped = true
  }

  private async compactRange(range: CleanableRange, now: number, slices: Slices): Promise<boolean> {
    const keys = new OffsetMap(
      range.firstDirtyOffset,
      this.options.maxKeys,
      this.transactionsFrom(range.firstDirtyOffset),
    )
    await this.collectKeys(range, keys, slices)
    if (keys.endOffset === range.firstDirtyOffset) return this.giveUp(range.firstDirtyOffset)
    const pass = { keys, now, slices, transactions: this.transactionsFrom(0n) }
    for (const group of groupSegments(this.segments.all, keys.endOffset, this.context.config))
      await this.replaceGroup(group, pass)
    this.note(keys.endOffset)
    return true
  }

  private transactionsFrom(offset: bigint): CleanedTransactions {
    return new CleanedTransactions(
      this.segments.all.flatMap(({ transactionIndex }) => transactionIndex.all()),
      offset,
    )
  }

  /** Up to the end of the range, or to where no more keys can be kept in mind. */
  private async collectKeys(
    { dirty, firstDirtyOffset, endOffset }: CleanableRange,
    keys: OffsetMap,
    slices: Slices,
  ): Promise<void> {
    for (const segment of dirty) {
      const scanner = firstDirtyOffset > segment.baseOffset ? segment.scanFrom(firstDirtyOffset) : segment.scan()
      for (let header = scanner.next(); header; header = scanner.next()) {
        if (!keys.add(header, () => wholeBatch(segment, scanner.position, header!))) return
        if (slices.isOver) await this.rest(slices, [segment])
      }
    }
    keys.endOffset = endOffset
  }

  /** Lets others work; throws Overtaken when they have done away with what is being worked on. */
  private async rest(slices: Slices, involved: readonly Segment[]): Promise<void> {
    await slices.rest()
    this.checkStillThere(involved)
  }

  private checkStillThere(involved: readonly Segment[]): void {
    if (this.isStopped || this.isOvertaken || !involved.every((segment) => this.segments.all.includes(segment)))
      throw new Overtaken()
  }

  /** One batch alone has more keys than can be kept in mind. */
  private giveUp(offset: bigint): false {
    const { onWarning, log } = this.context
    if (this.stuckAt !== offset)
      onWarning(`${log} cannot be compacted: the batch at offset ${offset} has more than ${this.options.maxKeys} keys`)
    this.stuckAt = offset
    return false
  }

  private async replaceGroup(group: readonly Segment[], pass: Pass): Promise<void> {
    const { fileSystem, directory } = this.context
    const { baseOffset, createdMs, rollJitterMs } = group[0]!
    const replacement = new Replacement(this.context, baseOffset)
    try {
      this.checkStillThere(group)
      await this.writeCleaned(group, pass)
      this.checkStillThere(group)
      replacement.decide()
    } catch (error) {
      if (!this.isStopped) this.discardCleaned(baseOffset)
      throw error
    }
    this.isInterrupted = true
    replacement.finish(group, this.segments.removal)
    this.segments.replace(group, Segment.open(fileSystem, directory, baseOffset, createdMs, rollJitterMs))
    this.isInterrupted = false
    await fileSystem.syncInBackground([], [directory])
  }

  private discardCleaned(baseOffset: bigint): void {
    try {
      removeSegmentFiles(this.context.fileSystem, this.context.directory, baseOffset, SUFFIX.cleaned)
    } catch {
      // They are removed when the log is next opened, and made anew by the next compaction; the first error is the one
      // to tell.
    }
  }

  private async writeCleaned(group: readonly Segment[], pass: Pass): Promise<void> {
    const { fileSystem, directory } = this.context
    const { baseOffset, createdMs, rollJitterMs } = group[0]!
    const cleaned = Segment.create(fileSystem, directory, baseOffset, createdMs, rollJitterMs, {
      suffix: SUFFIX.cleaned,
    })
    try {
      if (group.some(({ transactionIndex }) => transactionIndex.entries > 0)) cleaned.transactionIndex.create()
      for (const segment of group) {
        for (const _ of this.cleanInto(cleaned, segment, segment === group.at(-1), pass)) {
          if (pass.slices.isOver) await this.rest(pass.slices, group)
        }
      }
      cleaned.finish()
    } finally {
      cleaned.close()
    }
    await fileSystem.syncInBackground(cleaned.paths, [directory])
  }

  /**
   * Batch by batch. The last one of a group stays, empty if need be, so that the new segment ends where the old ones
   * did.
   */
  private *cleanInto(cleaned: Segment, segment: Segment, isLast: boolean, pass: Pass): Generator<void> {
    const scanner = segment.scan()
    for (let header = scanner.next(); header; header = scanner.next()) {
      const batch = wholeBatch(segment, scanner.position, header)
      const isLastBatch = isLast && scanner.position + header.sizeInBytes === segment.size
      const { kept, aborted } = header.isControl
        ? this.cleanedMarker(batch, header, pass)
        : { kept: this.cleanedRecords(batch, header, pass) }
      const written = kept ?? (isLastBatch || this.isNeeded(header) ? emptyBatch(batch, header) : null)
      if (written) this.appendTo(cleaned, written, aborted)
      yield
    }
  }

  /** The last batch of a producer stays, empty if need be: its epoch and sequence numbers are known by it. */
  private isNeeded(header: BatchHeader): boolean {
    return header.producerId !== NO_PRODUCER_ID && this.producers.isLastBatch(header)
  }

  private appendTo(cleaned: Segment, batch: Buffer, aborted: AbortedTransaction | null = null): void {
    const batches = [{ header: readBatchHeader(batch) }]
    cleaned.append({ data: batch, batches, aborted }, this.context.config.indexIntervalBytes)
  }

  /**
   * A marker that no record needs any more goes when its readers have had `delete.retention.ms` to see it (KIP-534).
   */
  private cleanedMarker(
    batch: Buffer,
    header: BatchHeader,
    { transactions, now }: Pass,
  ): { kept: Buffer | null; aborted: AbortedTransaction | null } {
    const { isNeeded, aborted } = transactions.endedBy(header, readEndMarker(batch, 0, header))
    if (isNeeded) return { kept: batch, aborted }
    const horizon = deleteHorizonOf(header)
    const isDue = horizon !== null && now >= horizon
    return {
      kept: isDue ? null : filterBatch(batch, header, now + this.context.config.deleteRetentionMs, () => true),
      aborted,
    }
  }

  private cleanedRecords(batch: Buffer, header: BatchHeader, { keys, transactions, now }: Pass): Buffer | null {
    if (transactions.isAborted(header)) return null
    if (header.baseOffset >= keys.endOffset) return batch
    const horizon = deleteHorizonOf(header)
    const mayDropTombstones = horizon !== null && now >= horizon
    return filterBatch(
      batch,
      header,
      now + this.context.config.deleteRetentionMs,
      (record, offset) => offset >= keys.endOffset || stays(record, offset, keys, mayDropTombstones),
    )
  }
}

/** What is rewritten gets a checksum of its own: it must have had a right one before. Throws MalformedError. */
function wholeBatch(segment: Segment, position: number, header: BatchHeader): Buffer {
  const batch = segment.readBytes(position, header.sizeInBytes)
  requireWhole(segment, position, batch, header)
  return batch
}

/** Records without key cannot be compacted; they are left from before the topic was, and go. */
function stays(
  { body, keyStart, keyLength, valueLength }: RecordReader,
  offset: bigint,
  keys: OffsetMap,
  mayDropTombstones: boolean,
): boolean {
  if (keyLength < 0 || (valueLength < 0 && mayDropTombstones)) return false
  return keys.isLatest(body, keyStart, keyLength, offset)
}
