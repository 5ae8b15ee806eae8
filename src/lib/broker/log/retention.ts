import type { Segment } from './segment.ts'
import type { LogConfig } from './types.ts'

/**
 * How many of the oldest segments retention lets go (UnifiedLog.deleteOldSegments): those wholly below the log start
 * always; with `cleanup.policy=delete` also those beyond `retention.bytes`, or whose newest record is older than
 * `retention.ms`. The last segment can go by age too, when it holds anything; a new one takes its place.
 */
export function countExpired(
  segments: readonly Segment[],
  config: LogConfig,
  logStartOffset: bigint,
  now: number,
): number {
  const belowStart = countBelow(segments, logStartOffset)
  if (!config.cleanupPolicy.has('delete')) return belowStart
  return Math.max(
    belowStart,
    countBySize(segments, config.retentionBytes),
    countByAge(segments, config.retentionMs, now),
  )
}

/** How many of the oldest segments lie wholly below an offset. */
export function countBelow(segments: readonly Segment[], offset: bigint): number {
  return countWhile(segments, (_, next) => next !== undefined && next.baseOffset <= offset)
}

function countBySize(segments: readonly Segment[], retentionBytes: number): number {
  if (retentionBytes < 0) return 0
  let excess = segments.reduce((sum, { size }) => sum + size, 0) - retentionBytes
  return countWhile(segments, ({ size }) => {
    if (size > excess) return false
    excess -= size
    return true
  })
}

function countByAge(segments: readonly Segment[], retentionMs: number, now: number): number {
  if (retentionMs < 0) return 0
  return countWhile(segments, (segment) => now - segment.largestTimestampMs > retentionMs)
}

/** Segments go from the oldest on; an empty last one stays. */
function countWhile(
  segments: readonly Segment[],
  mayGo: (segment: Segment, next: Segment | undefined) => boolean,
): number {
  let count = 0
  for (const [index, segment] of segments.entries()) {
    const next = segments[index + 1]
    if ((!next && segment.size === 0) || !mayGo(segment, next)) break
    count += 1
  }
  return count
}
