import { join } from 'node:path'
import type { LeaderEpochCache } from './leader-epoch-cache.ts'
import type { LogContext } from './log-context.ts'
import { INDEX_SUFFIXES, SUFFIX, offsetFile, offsetsOf } from './names.ts'
import { areIndexesValid, endOffsetOf, isTailWhole, recoverSegment } from './recover-segment.ts'
import { rollJitterMs } from './roll.ts'
import { removeSegmentFiles } from './segment-files.ts'
import { Segment } from './segment.ts'
import { finishSwaps } from './swap.ts'
import { findAborted } from './transactions/find-aborted.ts'

export interface Loaded {
  /** At least one, the last one to be appended to. */
  readonly segments: Segment[]
  readonly logEndOffset: bigint
}

/**
 * Opens the segments of a folder (LogLoader in Kafka). Leftovers of interrupted work are removed or finished first. After an
 * unclean shutdown the last segment is read in full and cut where it is damaged; earlier ones were on the disk before it
 * began, so they are read only when an index is missing or wrong.
 */
export function loadSegments(context: LogContext, epochs: LeaderEpochCache, cleanShutdown: boolean, logStartOffset: bigint): Loaded {
  finishSwaps(context)
  removeLeftovers(context)
  const withIndexes = segmentsWithIndexes(context)
  const segments = openSegments(context)
  const unflushed = unflushedSegments(segments, cleanShutdown)
  recoverSegments(context, segments, epochs, (segment) =>
    unflushed.includes(segment) || !withIndexes.has(segment.baseOffset) || !areIndexesValid(segment))
  dropEmptyOverlap(context, segments)
  const logEndOffset = segments.length > 0 ? endOffsetOf(segments.at(-1)!) : 0n
  if (segments.length > 0 && logEndOffset >= logStartOffset) return { segments, logEndOffset }
  return { segments: [startAnew(context, segments, epochs, logStartOffset)], logEndOffset: logStartOffset }
}

function removeLeftovers(context: LogContext): void {
  const { fileSystem, directory } = context
  const names = fileSystem.list(directory)
  const logs = new Set(offsetsOf(names, SUFFIX.log))
  for (const name of names) {
    if ([SUFFIX.deleted, SUFFIX.cleaned, SUFFIX.swap, SUFFIX.temporary].some((suffix) => name.endsWith(suffix))) fileSystem.remove(join(directory, name))
  }
  for (const suffix of INDEX_SUFFIXES) {
    for (const offset of offsetsOf(names, suffix)) {
      if (!logs.has(offset)) fileSystem.remove(offsetFile(directory, offset, suffix))
    }
  }
}

function segmentsWithIndexes({ fileSystem, directory }: LogContext): Set<bigint> {
  const names = fileSystem.list(directory)
  const withTimeIndex = new Set(offsetsOf(names, SUFFIX.timeIndex))
  return new Set(offsetsOf(names, SUFFIX.index).filter((offset) => withTimeIndex.has(offset)))
}

function openSegments({ fileSystem, directory, clock, config }: LogContext): Segment[] {
  return offsetsOf(fileSystem.list(directory), SUFFIX.log)
    .map((baseOffset) => Segment.open(fileSystem, directory, baseOffset, clock.now(), rollJitterMs(config)))
}

/** Those that may not be on the disk as they were written; behind an empty one, the segment before it as well (see `dropEmptyOverlap`). */
function unflushedSegments(segments: readonly Segment[], cleanShutdown: boolean): readonly Segment[] {
  const last = segments.at(-1)
  if (!last || (cleanShutdown && areIndexesValid(last) && isTailWhole(last))) return []
  return segments.slice(last.size === 0 ? -2 : -1)
}

function recoverSegments(
  context: LogContext, segments: Segment[], epochs: LeaderEpochCache, isSuspect: (segment: Segment) => boolean,
): void {
  const recovered: Segment[] = []
  const withMarkers: Segment[] = []
  for (const [index, segment] of segments.entries()) {
    if (!isSuspect(segment)) continue
    recovered.push(segment)
    const { cutBytes, hasMarkers } = recoverSegment(segment, context.config.indexIntervalBytes, epochs)
    if (hasMarkers) withMarkers.push(segment)
    if (cutBytes > 0) {
      warnAboutCut(context, segment, cutBytes)
      for (const later of segments.splice(index + 1)) discard(context, later)
    }
  }
  const aborted = findAborted(context, segments, withMarkers)
  for (const segment of recovered) {
    segment.transactionIndex.replace(aborted.get(segment) ?? [])
    if (segment !== segments.at(-1)) segment.seal()
  }
}

function warnAboutCut({ directory, onWarning }: LogContext, segment: Segment, bytes: number): void {
  const file = offsetFile(directory, segment.baseOffset, SUFFIX.log)
  onWarning(`${file} is damaged behind offset ${endOffsetOf(segment)}: the ${bytes} bytes after it, and all later segments, are dropped`)
}

/** A roll that failed half-way may have left an empty file where the segment before it went on. */
function dropEmptyOverlap(context: LogContext, segments: Segment[]): void {
  const [previous, last] = segments.slice(-2)
  if (!previous || !last || last.size > 0 || endOffsetOf(previous) <= last.baseOffset) return
  discard(context, last)
  segments.pop()
}

/** An empty log, at the log's start: a new one, or one whose records below the start are all that was left. */
function startAnew(context: LogContext, segments: Segment[], epochs: LeaderEpochCache, logStartOffset: bigint): Segment {
  const { fileSystem, directory, clock, config, onWarning } = context
  if (segments.length > 0) onWarning(`${directory} ends before its start offset ${logStartOffset}: it begins anew, empty`)
  for (const segment of segments) discard(context, segment)
  epochs.clear()
  return Segment.create(fileSystem, directory, logStartOffset, clock.now(), rollJitterMs(config))
}

function discard({ fileSystem, directory }: LogContext, segment: Segment): void {
  segment.close()
  removeSegmentFiles(fileSystem, directory, segment.baseOffset)
}
