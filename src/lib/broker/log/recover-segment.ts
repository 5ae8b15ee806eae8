import { MalformedError } from '../../errors.ts'
import type { BatchHeader } from '../../protocol/records/index.ts'
import { isCrcValid } from '../../protocol/records/index.ts'
import type { LeaderEpochCache } from './leader-epoch-cache.ts'
import type { Segment } from './segment.ts'

const MAX_RELATIVE_OFFSET = 0x7fff_ffffn

/** What was found in a segment. */
export interface Recovered {
  /** Bytes behind the last whole batch, which were cut off. */
  readonly cutBytes: number
  readonly hasMarkers: boolean
}

/**
 * Reads a segment batch by batch, cuts it at the first one that is damaged, and makes its indexes anew (LogSegment.recover).
 * Epochs that the cache does not know are added. The index of aborted transactions is left alone: what belongs there cannot be
 * told by one segment.
 */
export function recoverSegment(segment: Segment, indexIntervalBytes: number, epochs: LeaderEpochCache): Recovered {
  const scanner = segment.scan()
  let nextOffset = segment.baseOffset
  let hasMarkers = false
  segment.beginRebuild()
  for (let header = nextHeader(scanner); header; header = nextHeader(scanner)) {
    if (!isInPlace(header, nextOffset, segment.baseOffset)) break
    if (!isCrcValid(segment.readBytes(scanner.position, header.sizeInBytes), 0, header)) break
    if (header.partitionLeaderEpoch > epochs.latest) epochs.assign(header.partitionLeaderEpoch, header.baseOffset)
    segment.adopt(header, indexIntervalBytes)
    hasMarkers ||= header.isControl
    nextOffset = header.lastOffset + 1n
  }
  return { cutBytes: segment.endRebuild(), hasMarkers }
}

/** The next header, null as well where bytes make no sense. */
function nextHeader(scanner: { next(): BatchHeader | null }): BatchHeader | null {
  try {
    return scanner.next()
  } catch (error) {
    if (error instanceof MalformedError) return null
    throw error
  }
}

/** Offsets ascend, with gaps where compaction has been, and fit the index. */
function isInPlace({ baseOffset, lastOffset }: BatchHeader, nextOffset: bigint, segmentBase: bigint): boolean {
  return baseOffset >= nextOffset && lastOffset >= baseOffset && lastOffset - segmentBase <= MAX_RELATIVE_OFFSET
}

/** The offset behind the last batch; read from the last index entry on. */
export function endOffsetOf(segment: Segment): bigint {
  return scanTail(segment).endOffset
}

/** Whether the file ends with a whole batch, as it does after a clean shutdown. */
export function isTailWhole(segment: Segment): boolean {
  return scanTail(segment).endPosition === segment.size
}

function scanTail(segment: Segment): { endOffset: bigint; endPosition: number } {
  const start = segment.offsetIndex.lastEntry()?.position ?? 0
  const scanner = segment.scan(start)
  let endOffset = segment.baseOffset
  let endPosition = start
  for (let header = nextHeader(scanner); header; header = nextHeader(scanner)) {
    endOffset = header.lastOffset + 1n
    endPosition = scanner.position + header.sizeInBytes
  }
  return { endOffset, endPosition }
}

/** Whether the indexes can be those of the segment: well formed, and the last entry points at a batch. */
export function areIndexesValid(segment: Segment): boolean {
  const { offsetIndex, timeIndex, transactionIndex, size } = segment
  if (!offsetIndex.isPlausible(size) || !timeIndex.isPlausible() || !transactionIndex.isPlausible()) return false
  const last = offsetIndex.lastEntry()
  if (!last) return true
  const header = nextHeader(segment.scan(last.position))
  return header !== null && header.baseOffset <= last.offset && header.baseOffset >= segment.baseOffset
}
