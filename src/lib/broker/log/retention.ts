import type { Segment } from './segment.ts'
import type { LogConfig } from './types.ts'

interface LogBounds {
  readonly logStartOffset: bigint
  readonly logEndOffset: bigint
  readonly highWatermark: bigint
}

/**
 * How many of the oldest segments retention lets go (UnifiedLog.deleteOldSegments): those wholly below the log start
 * always; with `cleanup.policy=delete` also those beyond `retention.bytes`, or whose newest record is older than
 * `retention.ms`, as far as they are committed. The last segment can go by age too, when it holds anything; a new one
 * takes its place.
 */
export function countExpired(
  segments: readonly Segment[],
  config: LogConfig,
  { logStartOffset, logEndOffset, highWatermark }: LogBounds,
  now: number,
): number {
  const belowStart = countBelow(segments, logStartOffset)
  if (!config.cleanupPolicy.has('delete')) return belowStart
  const expired = Math.max(countBySize(segments, config.retentionBytes), countByAge(segments, config.retentionMs, now))
  const committed = highWatermark === logEndOffset ? segments.length : countBelow(segments, highWatermark)
  return Math.max(belowStart, Math.min(expired, committed))
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
