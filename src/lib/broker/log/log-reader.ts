import type { Cleaner } from './cleaner.ts'
import type { SegmentList } from './segment-list.ts'
import { readSegment } from './segment-read.ts'
import { findLatest, findSince } from './segment-search.ts'
import type { Segment } from './segment.ts'
import type { AbortedTransaction } from './transactions/transaction-index.ts'
import type { ReadOptions, TimestampAndOffset } from './types.ts'
import { walkBatches, type OnDamage, type WholeBatch } from './walk-batches.ts'

const EMPTY = Buffer.alloc(0)

/** Reads and searches the segments of a log as far as the log goes; see PartitionLog. Throws what the disk says. */
export class LogReader {
  constructor(
    private readonly segments: SegmentList,
    private readonly cleaner: Cleaner,
    private readonly logEndOffset: () => bigint,
  ) {}

  read(offset: bigint, options: ReadOptions): Buffer {
    for (let index = this.segments.indexFor(offset); ; index += 1) {
      const segment = this.segments.at(index)
      if (!segment) return EMPTY
      const bounds = { end: this.endOf(index), gaplessFrom: this.cleaner.gaplessFrom }
      const found = readSegment(segment, offset, bounds, options)
      if (found) return found
    }
  }

  *wholeBatches(from: bigint, onDamage: OnDamage): Generator<WholeBatch> {
    const isWanted = ({ lastOffset }: { lastOffset: bigint }): boolean => lastOffset >= from
    for (let index = this.segments.indexFor(from); this.segments.at(index); index += 1)
      yield* walkBatches(this.segments.at(index)!, from, { end: this.endOf(index), onDamage, isWanted })
  }

  abortedTransactions(from: bigint, upTo: bigint): AbortedTransaction[] {
    return collectAborted(this.segments.from(from), from, upTo)
  }

  offsetForTimestamp(timestamp: bigint, logStartOffset: bigint): TimestampAndOffset | null {
    return findSince(this.segments.from(logStartOffset), timestamp, logStartOffset)
  }

  maxTimestampOffset(logStartOffset: bigint): TimestampAndOffset | null {
    return findLatest(this.segments.from(logStartOffset), logStartOffset)
  }

  private endOf(index: number): bigint {
    return this.segments.endOf(index, this.logEndOffset())
  }
}

/**
 * The aborted transactions with records at offsets from `from` on, below `upTo`
 * (UnifiedLog.collectAbortedTransactions). Their markers may lie far behind: the search goes on until an entry says
 * that all below `upTo` had been decided by then.
 */
function collectAborted(segments: readonly Segment[], from: bigint, upTo: bigint): AbortedTransaction[] {
  const collected: AbortedTransaction[] = []
  for (const segment of segments) {
    for (const transaction of segment.transactionIndex.all()) {
      if (transaction.lastOffset >= from && transaction.firstOffset < upTo) collected.push(transaction)
      if (transaction.lastStableOffset >= upTo) return collected
    }
  }
  return collected
}
