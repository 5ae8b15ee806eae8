import { type BatchHeader, isCrcValid, NO_TIMESTAMP } from '../../protocol/records/index.ts'
import { headerOrNull, RECORDS_WINDOW_BYTES } from './batch-scanner.ts'
import type { LeaderEpochCache } from './leader-epoch-cache.ts'
import { MAX_RELATIVE_OFFSET } from './roll.ts'
import type { Segment } from './segment.ts'
import type { AbortedTransaction } from './transactions/transaction-index.ts'

export interface RecoveryOptions {
  readonly indexIntervalBytes: number
  /** Compaction alone leaves gaps between offsets, and it has not come further. */
  readonly gaplessFrom: bigint
}

/** What was found in a segment. */
export interface Recovered {
  /** Bytes behind the last whole batch, which were cut off. */
  readonly cutBytes: number
  readonly hasMarkers: boolean
}

/**
 * Reads a segment batch by batch, cuts it at the first one that is damaged, and makes its indexes anew
 * (LogSegment.recover). Epochs that the cache does not know, or knows otherwise, are put right. Offsets from
 * `gaplessFrom` on follow each other: the checksum does not cover them, so a gap there is damage. The index of aborted
 * transactions is left alone: what belongs there cannot be told by one segment.
 */
export function recoverSegment(
  segment: Segment,
  { indexIntervalBytes, gaplessFrom }: RecoveryOptions,
  epochs: LeaderEpochCache,
): Recovered {
  const scanner = segment.scan(0, RECORDS_WINDOW_BYTES)
  let nextOffset = segment.baseOffset
  let hasMarkers = false
  segment.beginRebuild()
  for (let header = headerOrNull(scanner); header; header = headerOrNull(scanner)) {
    if (
      !isInPlace(header, nextOffset, segment.baseOffset) ||
      (nextOffset >= gaplessFrom && header.baseOffset > nextOffset)
    )
      break
    if (!isCrcValid(scanner.bytes(), 0, header)) break
    epochs.assign(header.partitionLeaderEpoch, header.baseOffset)
    segment.adopt(header, indexIntervalBytes)
    hasMarkers ||= header.isControl
    nextOffset = header.lastOffset + 1n
  }
  return { cutBytes: segment.endRebuild(), hasMarkers }
}

/** Offsets ascend, with gaps where compaction has been, and fit the index. */
function isInPlace({ baseOffset, lastOffset }: BatchHeader, nextOffset: bigint, segmentBase: bigint): boolean {
  return baseOffset >= nextOffset && lastOffset >= baseOffset && lastOffset - segmentBase <= MAX_RELATIVE_OFFSET
}

/** The offset behind the last batch; read from the last index entry on. */
export function endOffsetOf(segment: Segment): bigint {
  return scanTail(segment).endOffset
}

/**
 * Whether a segment can be as it was left, by one look at its end: it ends with a whole batch, in front of the offset
 * `end` where that is known, and the indexes are well formed, with last entries that the batches bear out.
 */
export function looksSound(segment: Segment, end?: bigint): boolean {
  const { offsetIndex, timeIndex, transactionIndex, size } = segment
  if (!offsetIndex.isPlausible(size) || !timeIndex.isPlausible() || !transactionIndex.isPlausible()) return false
  const tail = scanTail(segment)
  return (
    tail.endPosition === size &&
    (end === undefined || tail.endOffset === end) &&
    isIndexTrue(segment, tail) &&
    isLatestTrue(segment, tail) &&
    transactionIndex.all().every((aborted) => isEndedBy(segment, aborted))
  )
}

interface Tail {
  readonly headers: readonly BatchHeader[]
  readonly endOffset: bigint
  readonly endPosition: number
}

function scanTail(segment: Segment): Tail {
  const indexed = segment.offsetIndex.lastEntry()?.position ?? 0
  let endPosition = indexed > 0 && indexed < segment.size ? indexed : 0
  const scanner = segment.scan(endPosition)
  const headers: BatchHeader[] = []
  for (let header = headerOrNull(scanner); header; header = headerOrNull(scanner)) {
    headers.push(header)
    endPosition = scanner.upcoming
  }
  return { headers, endPosition, endOffset: headers.length > 0 ? headers.at(-1)!.lastOffset + 1n : segment.baseOffset }
}

function isIndexTrue({ offsetIndex, baseOffset }: Segment, { headers: [first] }: Tail): boolean {
  const last = offsetIndex.lastEntry()
  return !last || (first !== undefined && first.baseOffset <= last.offset && first.baseOffset >= baseOffset)
}

/** Retention goes by the last entry of the time index: one that no batch bears out could cost the segment. */
function isLatestTrue(segment: Segment, { headers }: Tail): boolean {
  const { timestamp, offset } = segment.timeIndex.lastEntry()
  if (timestamp === NO_TIMESTAMP) return true
  const found =
    headers[0] && headers[0].baseOffset <= offset
      ? headers.find(({ lastOffset }) => lastOffset >= offset)
      : batchAt(segment, offset)
  return found?.maxTimestamp === timestamp
}

/** Whether the marker of an aborted transaction is where the index says. */
function isEndedBy(
  segment: Segment,
  { producerId, lastOffset, firstOffset, lastStableOffset }: AbortedTransaction,
): boolean {
  const marker = batchAt(segment, lastOffset)
  if (!marker?.isControl || marker.producerId !== producerId || lastStableOffset > lastOffset + 1n) return false
  const first = firstOffset < segment.baseOffset ? null : batchAt(segment, firstOffset)
  // Compaction may have taken it; another producer's it cannot be, nor in the midst of a batch.
  return (
    !first || first.baseOffset > firstOffset || (first.baseOffset === firstOffset && first.producerId === producerId)
  )
}

function batchAt(segment: Segment, offset: bigint): BatchHeader | null {
  const scanner = segment.scanFrom(offset)
  for (let header = headerOrNull(scanner); header; header = headerOrNull(scanner))
    if (header.lastOffset >= offset) return header
  return null
}
