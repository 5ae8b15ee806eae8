import { type BatchHeader, NO_TIMESTAMP } from '../../protocol/records/index.ts'
import type { Segment } from './segment.ts'
import type { LogConfig } from './types.ts'

/** As far as an index can tell the offsets of a segment apart. */
export const MAX_RELATIVE_OFFSET = 0x7fff_ffffn

/** An append that is about to happen. */
export interface Upcoming {
  readonly batches: number
  readonly bytes: number
  readonly lastOffset: bigint
  readonly newestTimestamp: bigint
}

/** An append that has one batch more. */
export function withBatch(
  { batches, bytes, newestTimestamp }: Upcoming,
  { sizeInBytes, lastOffset, maxTimestamp }: BatchHeader,
): Upcoming {
  return {
    batches: batches + 1,
    bytes: bytes + sizeInBytes,
    lastOffset,
    newestTimestamp: maxTimestamp > newestTimestamp ? maxTimestamp : newestTimestamp,
  }
}

export const NOTHING_UPCOMING: Upcoming = { batches: 0, bytes: 0, lastOffset: -1n, newestTimestamp: NO_TIMESTAMP }

/** Whether an append has to begin a new segment (LogSegment.shouldRoll). */
export function shouldRoll(segment: Segment, upcoming: Upcoming, config: LogConfig, now: number): boolean {
  const { batches, bytes, lastOffset, newestTimestamp } = upcoming
  return (
    // A batch that a leader has may be larger than a segment may be here: it gets one of its own.
    ((segment.size > 0 || batches > 1) && segment.size > config.segmentBytes - bytes) ||
    (segment.size > 0 && isRollTime(segment.timeWaitedMs(now, newestTimestamp), segment, config)) ||
    (segment.size > 0 && areIndexesFull(segment, config)) ||
    lastOffset - segment.baseOffset > MAX_RELATIVE_OFFSET
  )
}

/** Whether a segment has been growing for `segment.ms` without anybody writing to it. */
export function shouldRollIdle(segment: Segment, config: LogConfig, now: number): boolean {
  return segment.size > 0 && isRollTime(now - segment.createdMs, segment, config)
}

/** Something between 0 and `segment.jitter.ms`, never more than `segment.ms`. */
export function rollJitterMs(config: LogConfig): number {
  return Math.floor(Math.random() * Math.min(config.segmentJitterMs, longestMs(config)))
}

function isRollTime(waitedMs: number, { rollJitterMs }: Segment, config: LogConfig): boolean {
  return waitedMs > longestMs(config) - rollJitterMs
}

/**
 * A record in a compacted topic cannot wait in the active segment for longer than `max.compaction.lag.ms` (KIP-354).
 */
function longestMs({ cleanupPolicy, segmentMs, maxCompactionLagMs }: LogConfig): number {
  return cleanupPolicy.has('compact') ? Math.min(segmentMs, maxCompactionLagMs) : segmentMs
}

/** With a tiny `segment.index.bytes` an index is full when it is empty; such a segment takes one append. */
function areIndexesFull({ offsetIndex, timeIndex }: Segment, { segmentIndexBytes }: LogConfig): boolean {
  return offsetIndex.isFull(segmentIndexBytes) || timeIndex.isFull(segmentIndexBytes)
}
