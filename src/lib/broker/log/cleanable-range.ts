import type { Segment } from './segment.ts'
import type { LogConfig } from './types.ts'

/** The part of a log that a compaction looks at for new values of keys. */
export interface CleanableRange {
  /** From the one on that holds the first dirty offset; not empty. */
  readonly dirty: readonly Segment[]
  readonly firstDirtyOffset: bigint
  /** Where the first segment begins that has to stay as it is. */
  readonly endOffset: bigint
}

export interface DirtyPart {
  readonly firstDirtyOffset: bigint
  /**
   * Where the first open transaction begins, or what is committed ends: nobody knows yet which of the records from
   * there on hold.
   */
  readonly stableEnd: bigint
}

/**
 * What can be compacted, null when it is too little to be worth it (LogCleanerManager.cleanableOffsets and LogToClean).
 * The active segment stays as it is, and so do segments that an open transaction reaches into, and those with records
 * younger than `min.compaction.lag.ms`. It is worth it when more than `min.cleanable.dirty.ratio` of the bytes is
 * dirty, or a record is older than `max.compaction.lag.ms` (KIP-354).
 */
export function cleanableRange(
  segments: readonly Segment[],
  config: LogConfig,
  { firstDirtyOffset, stableEnd }: DirtyPart,
  now: number,
): CleanableRange | null {
  const firstDirty = segments.findIndex(
    (_, index) => index === segments.length - 1 || segments[index + 1]!.baseOffset > firstDirtyOffset,
  )
  const stable = segments
    .slice(firstDirty, -1)
    .filter((_, index) => segments[firstDirty + index + 1]!.baseOffset <= stableEnd)
  const dirty = untilTooYoung(stable, config, now)
  const end = segments[firstDirty + dirty.length]!.baseOffset
  const dirtyBytes = bytesOf(dirty)
  if (dirtyBytes === 0 || end <= firstDirtyOffset) return null
  const cleanBytes = bytesOf(segments.slice(0, firstDirty))
  const isWorthIt =
    dirtyBytes / (cleanBytes + dirtyBytes) > config.minCleanableDirtyRatio || isOverdue(dirty, config, now)
  return isWorthIt ? { dirty, firstDirtyOffset, endOffset: end } : null
}

function untilTooYoung(
  segments: readonly Segment[],
  { minCompactionLagMs }: LogConfig,
  now: number,
): readonly Segment[] {
  if (minCompactionLagMs <= 0) return segments
  const young = segments.findIndex(({ largestTimestampMs }) => largestTimestampMs > now - minCompactionLagMs)
  return young < 0 ? segments : segments.slice(0, young)
}

function isOverdue(dirty: readonly Segment[], { maxCompactionLagMs }: LogConfig, now: number): boolean {
  return dirty.some(({ firstTimestampMs }) => firstTimestampMs > 0 && firstTimestampMs < now - maxCompactionLagMs)
}

function bytesOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, { size }) => sum + size, 0)
}
