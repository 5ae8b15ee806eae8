import type { BatchHeader, RecordReader } from '../../protocol/records/index.ts'
import { NO_PRODUCER_ID, readBatchHeader, readEndMarker } from '../../protocol/records/index.ts'
import { cleanableRange } from './cleanable-range.ts'
import { deleteHorizonOf, emptyBatch, filterBatch } from './filter-batch.ts'
import { KeyMap } from './key-map.ts'
import type { LogContext } from './log-context.ts'
import { SUFFIX } from './names.ts'
import type { ProducerState } from './producer-state.ts'
import { removeSegmentFiles } from './segment-files.ts'
import type { SegmentList } from './segment-list.ts'
import { Segment, latestOf } from './segment.ts'
import { Replacement } from './swap.ts'
import { CleanedTransactions } from './transactions/cleaned-transactions.ts'
import type { AbortedTransaction } from './transactions/transaction-index.ts'

const MAX_RELATIVE_OFFSET = 0x7fff_ffffn

/** One walk over the log. */
interface Pass {
  readonly keys: KeyMap
  readonly transactions: CleanedTransactions
  readonly now: number
}

/**
 * Compacts a log: of each key only the latest record stays, and tombstones go some time after they were first seen here
 * (LogCleaner in Kafka). Offsets never change.
 */
export class Cleaner {
  /** Below, every key has been seen by a compaction. Not kept on the disk: after a restart all counts as dirty. */
  private cleanedOffset = 0n
  /** A replacement has been decided but not finished: the segments have to be opened anew. */
  isInterrupted = false
  private stuckAt = -1n

  constructor(
    private readonly context: LogContext,
    private readonly segments: SegmentList,
    private readonly producers: ProducerState,
    /** As many keys as one compaction keeps in mind. */
    private readonly maxKeys: number,
  ) {}

  /** Compacts once, if it is worth it; returns whether it did. */
  compact(logStartOffset: bigint, now: number): boolean {
    const { config } = this.context
    if (!config.cleanupPolicy.has('compact')) return false
    const firstDirty = this.cleanedOffset > logStartOffset ? this.cleanedOffset : logStartOffset
    const stableEnd = this.producers.firstOpenOffset ?? this.segments.active.baseOffset
    const range = cleanableRange(this.segments.all, config, { firstDirtyOffset: firstDirty, stableEnd }, now)
    if (!range) return false
    const keys = new KeyMap(range, this.maxKeys, this.transactionsFrom(firstDirty))
    if (keys.endOffset === firstDirty) return this.giveUp(firstDirty)
    const pass = { keys, now, transactions: this.transactionsFrom(0n) }
    for (const group of this.groups(keys.endOffset)) this.replaceGroup(group, pass)
    this.cleanedOffset = keys.endOffset
    return true
  }

  private transactionsFrom(offset: bigint): CleanedTransactions {
    return new CleanedTransactions(this.segments.all.flatMap(({ transactionIndex }) => transactionIndex.all()), offset)
  }

  /** One batch alone has more keys than can be kept in mind. */
  private giveUp(offset: bigint): false {
    const { onWarning, log } = this.context
    if (this.stuckAt !== offset) onWarning(`${log} cannot be compacted: the batch at offset ${offset} has more than ${this.maxKeys} keys`)
    this.stuckAt = offset
    return false
  }

  /** Segments that fit into one, all together (Cleaner.groupSegmentsBySize). */
  private groups(endOffset: bigint): Segment[][] {
    const { segmentBytes, segmentIndexBytes } = this.context.config
    const groups: Segment[][] = []
    const candidates = this.segments.all.slice(0, -1).filter(({ baseOffset }) => baseOffset < endOffset)
    for (const segment of candidates) {
      const group = groups.at(-1)
      const together = [...(group ?? []), segment]
      const fits = sum(together, ({ size }) => size) <= segmentBytes
        && sum(together, ({ offsetIndex }) => offsetIndex.sizeInBytes) <= segmentIndexBytes
        && sum(together, ({ timeIndex }) => timeIndex.sizeInBytes) <= segmentIndexBytes
        && this.endOf(segment) - together[0]!.baseOffset <= MAX_RELATIVE_OFFSET
      if (group && fits) group.push(segment)
      else groups.push([segment])
    }
    return groups
  }

  /** Where the following segment begins: nothing in this one is behind it. */
  private endOf(segment: Segment): bigint {
    return this.segments.at(this.segments.indexFor(segment.baseOffset) + 1)!.baseOffset
  }

  private replaceGroup(group: readonly Segment[], pass: Pass): void {
    const { fileSystem, directory } = this.context
    const { baseOffset, createdMs, rollJitterMs } = group[0]!
    const replacement = new Replacement(this.context, baseOffset)
    try {
      this.writeCleaned(group, pass)
      replacement.commit()
    } catch (error) {
      this.discardCleaned(baseOffset)
      throw error
    }
    this.isInterrupted = true
    replacement.finish(group, this.segments.removal)
    this.segments.replace(group, Segment.open(fileSystem, directory, baseOffset, createdMs, rollJitterMs))
    this.isInterrupted = false
  }

  private discardCleaned(baseOffset: bigint): void {
    try {
      removeSegmentFiles(this.context.fileSystem, this.context.directory, baseOffset, SUFFIX.cleaned)
    } catch {
      // They are removed when the log is next opened, and made anew by the next compaction; the first error is the one to tell.
    }
  }

  private writeCleaned(group: readonly Segment[], pass: Pass): void {
    const { fileSystem, directory } = this.context
    const { baseOffset, createdMs, rollJitterMs } = group[0]!
    const cleaned = Segment.create(fileSystem, directory, baseOffset, createdMs, rollJitterMs, SUFFIX.cleaned)
    try {
      if (group.some(({ transactionIndex }) => transactionIndex.entries > 0)) cleaned.transactionIndex.create()
      for (const segment of group) this.cleanInto(cleaned, segment, segment === group.at(-1), pass)
      cleaned.seal()
    } finally {
      cleaned.close()
    }
  }

  /** The last batch of a group stays, empty if need be, so that the new segment ends where the old ones did. */
  private cleanInto(cleaned: Segment, segment: Segment, isLast: boolean, pass: Pass): void {
    const scanner = segment.scan()
    for (let header = scanner.next(); header; header = scanner.next()) {
      const batch = segment.readBytes(scanner.position, header.sizeInBytes)
      const isLastBatch = isLast && scanner.position + header.sizeInBytes === segment.size
      const { kept, aborted } = header.isControl ? this.cleanedMarker(batch, header, pass) : { kept: this.cleanedRecords(batch, header, pass) }
      const written = kept ?? (isLastBatch || this.isNeeded(header) ? emptyBatch(batch, header) : null)
      if (written) this.appendTo(cleaned, written, aborted)
    }
  }

  /** The last batch of a producer stays, empty if need be: its epoch and sequence numbers are known by it. */
  private isNeeded(header: BatchHeader): boolean {
    return header.producerId !== NO_PRODUCER_ID && this.producers.isLastBatch(header)
  }

  private appendTo(cleaned: Segment, batch: Buffer, aborted: readonly AbortedTransaction[] = []): void {
    const header = readBatchHeader(batch)
    cleaned.append(batch, { lastOffset: header.lastOffset, latest: latestOf(header), aborted }, this.context.config.indexIntervalBytes)
  }

  /** A marker that no record needs any more goes when its readers have had `delete.retention.ms` to see it (KIP-534). */
  private cleanedMarker(batch: Buffer, header: BatchHeader, { transactions, now }: Pass): { kept: Buffer | null; aborted: AbortedTransaction[] } {
    const { isNeeded, aborted } = transactions.endedBy(header, readEndMarker(batch, 0, header))
    if (isNeeded) return { kept: batch, aborted }
    const horizon = deleteHorizonOf(header)
    const isDue = horizon !== null && now >= horizon
    return { kept: isDue ? null : filterBatch(batch, header, now + this.context.config.deleteRetentionMs, () => true), aborted }
  }

  private cleanedRecords(batch: Buffer, header: BatchHeader, { keys, transactions, now }: Pass): Buffer | null {
    if (transactions.isAborted(header)) return null
    if (header.baseOffset >= keys.endOffset) return batch
    const horizon = deleteHorizonOf(header)
    const mayDropTombstones = horizon !== null && now >= horizon
    return filterBatch(batch, header, now + this.context.config.deleteRetentionMs, (record, offset) =>
      offset >= keys.endOffset || stays(record, offset, keys, mayDropTombstones))
  }
}

/** Records without key cannot be compacted; they are left from before the topic was, and go. */
function stays({ body, keyStart, keyLength, valueLength }: RecordReader, offset: bigint, keys: KeyMap, mayDropTombstones: boolean): boolean {
  if (keyLength < 0 || (valueLength < 0 && mayDropTombstones)) return false
  return keys.isLatest(body, keyStart, keyLength, offset)
}

function sum(segments: readonly Segment[], sizeOf: (segment: Segment) => number): number {
  return segments.reduce((total, segment) => total + sizeOf(segment), 0)
}
