import { ENDLESS } from './endless.ts'
import type { LeaderEpochCache } from './leader-epoch-cache.ts'
import type { LogContext } from './log-context.ts'
import { SUFFIX, offsetFile, offsetsOf } from './names.ts'
import { endOffsetOf, looksSound, recoverSegment } from './recover-segment.ts'
import { rollJitterMs } from './roll.ts'
import { removeSegmentFiles } from './segment-removal.ts'
import { Segment } from './segment.ts'
import { tidyFolder } from './tidy-folder.ts'
import { findAborted } from './transactions/find-aborted.ts'

export interface LoadOptions {
  readonly cleanShutdown: boolean
  readonly beforeRecovery?: (() => void) | undefined
  /**
   * Where everything below is on the disk, and after a clean shutdown the end of the log; unknown to one that was never
   * flushed.
   */
  readonly recoveryPoint: bigint | undefined
  readonly logStartOffset: bigint
  /** How far compaction had come, when it last did. */
  readonly cleanedOffset: bigint
}

export interface Loaded {
  /** At least one, the last one to be appended to. */
  readonly segments: Segment[]
  /** Those of them that were read in full. */
  readonly recovered: ReadonlySet<Segment>
  readonly logStartOffset: bigint
  readonly logEndOffset: bigint
  readonly recoveryPoint: bigint
  /** Whether the names of the files are on the disk: they get there with the first records. */
  readonly areNamesSynced: boolean
}

/**
 * Opens the segments of a folder (LogLoader in Kafka), whose names `tidyFolder` has told. After an unclean shutdown
 * the segments behind the recovery point are read in full and cut where they are damaged; earlier ones were on the
 * disk, so they are read only when an index is missing or wrong, or a segment does not end where the next one begins.
 */
export function loadSegments(
  context: LogContext,
  epochs: LeaderEpochCache,
  options: LoadOptions,
  names: readonly string[] = tidyFolder(context),
): Loaded {
  const withIndexes = segmentsWithIndexes(names)
  const segments = openSegments(context, names)
  const unflushed = unflushedSegments(segments, options)
  const isSuspect = (segment: Segment, next: Segment | undefined): boolean =>
    !withIndexes.has(segment.baseOffset) || !looksSound(segment, next?.baseOffset)
  const { recovered, isDamaged } = recoverSegments(context, segments, {
    epochs,
    unflushed,
    isSuspect,
    gaplessFrom: gaplessFrom(context, options),
    beforeRecovery: options.beforeRecovery,
  })
  dropEmptyOverlap(context, segments)
  const logEndOffset = segments.length > 0 ? endOffsetOf(segments.at(-1)!) : 0n
  if (!isDamaged) warnAboutLoss(context, logEndOffset, options)
  const logStartOffset = believableStart(context, epochs, logEndOffset, options)
  if (segments.length > 0 && logEndOffset >= logStartOffset) {
    const { baseOffset } = segments[0]!
    return {
      segments,
      recovered,
      logStartOffset: logStartOffset > baseOffset ? logStartOffset : baseOffset,
      logEndOffset,
      recoveryPoint: unflushed[0]?.baseOffset ?? logEndOffset,
      areNamesSynced: unflushed.length === 0 && logEndOffset > baseOffset,
    }
  }
  return {
    segments: [startAnew(context, segments, epochs, logStartOffset)],
    recovered: new Set(),
    logStartOffset,
    logEndOffset: logStartOffset,
    recoveryPoint: logStartOffset,
    areNamesSynced: false,
  }
}

/** What a clean shutdown has left cannot have lost its end by a power cut. */
function warnAboutLoss(
  { directory, onWarning }: LogContext,
  logEndOffset: bigint,
  { cleanShutdown, recoveryPoint = 0n, logStartOffset }: LoadOptions,
): void {
  if (logEndOffset >= recoveryPoint || recoveryPoint <= logStartOffset || !cleanShutdown) return
  onWarning(
    `${directory} ends at offset ${logEndOffset}, but it went to ${recoveryPoint} when the broker stopped: what lay between is missing`,
  )
}

/** A log that ends where it was closed has lost nothing: a start that lies past that end is not its own. */
function believableStart(
  { directory, onWarning }: LogContext,
  epochs: LeaderEpochCache,
  logEndOffset: bigint,
  options: LoadOptions,
): bigint {
  const { cleanShutdown, recoveryPoint, logStartOffset } = options
  if (logStartOffset <= logEndOffset || !cleanShutdown || recoveryPoint !== logEndOffset) return logStartOffset
  onWarning(
    `the start offset ${logStartOffset} that is noted for ${directory} lies past its end ${logEndOffset} and is not believed`,
  )
  return epochs.firstOffset <= logEndOffset ? epochs.firstOffset : 0n
}

/** Where compaction goes on, it may have come further than it could note. */
function gaplessFrom({ config }: LogContext, { cleanedOffset }: LoadOptions): bigint {
  return config.cleanupPolicy.has('compact') ? ENDLESS : cleanedOffset
}

function segmentsWithIndexes(names: readonly string[]): Set<bigint> {
  const withTimeIndex = new Set(offsetsOf(names, SUFFIX.timeIndex))
  return new Set(offsetsOf(names, SUFFIX.index).filter((offset) => withTimeIndex.has(offset)))
}

function openSegments({ fileSystem, directory, clock, config }: LogContext, names: readonly string[]): Segment[] {
  const withAborted = new Set(offsetsOf(names, SUFFIX.transactionIndex))
  return offsetsOf(names, SUFFIX.log).map((baseOffset) =>
    Segment.open(fileSystem, directory, baseOffset, clock.now(), rollJitterMs(config), {
      mayHaveAborted: withAborted.has(baseOffset),
    }),
  )
}

/**
 * Those that may not be on the disk as they were written; behind an empty one, the segment before it as well (see
 * `dropEmptyOverlap`).
 */
function unflushedSegments(
  segments: readonly Segment[],
  { cleanShutdown, recoveryPoint }: LoadOptions,
): readonly Segment[] {
  const last = segments.at(-1)
  if (!last || (cleanShutdown && looksSound(last, recoveryPoint))) return []
  const atLeast = segments.slice(last.size === 0 ? -2 : -1)
  if (cleanShutdown) return atLeast
  // A log that ends before its recovery point is not the one that the point was noted for, or not what the disk had
  // promised.
  const from = recoveryPoint !== undefined && recoveryPoint <= endOffsetOf(last) ? recoveryPoint : 0n
  return segments.filter((segment, index) => atLeast.includes(segment) || segments[index + 1]!.baseOffset > from)
}

interface Recovery {
  readonly epochs: LeaderEpochCache
  readonly unflushed: readonly Segment[]
  readonly isSuspect: (segment: Segment, next: Segment | undefined) => boolean
  readonly gaplessFrom: bigint
  readonly beforeRecovery: (() => void) | undefined
}

/**
 * What lies in front of the recovery point is on the disk again before anything else happens; the rest gets there as it
 * would have. Behind damage in what was being written nothing is trusted; in what was written long ago, only what is
 * damaged goes.
 */
function recoverSegments(
  context: LogContext,
  segments: Segment[],
  { epochs, unflushed, isSuspect, gaplessFrom, beforeRecovery }: Recovery,
): { recovered: ReadonlySet<Segment>; isDamaged: boolean } {
  const recovered = new Set<Segment>()
  const withMarkers: Segment[] = []
  const { indexIntervalBytes } = context.config
  let isDamaged = false
  for (const [index, segment] of segments.entries()) {
    const isUnflushed = unflushed.includes(segment)
    const next = segments[index + 1]
    if (!isUnflushed && !isSuspect(segment, next)) continue
    if (recovered.size === 0) beforeRecovery?.()
    recovered.add(segment)
    const { cutBytes, hasMarkers } = recoverSegment(segment, { indexIntervalBytes, gaplessFrom }, epochs)
    if (hasMarkers) withMarkers.push(segment)
    const isBroken = warnAboutDamage(context, segment, { cutBytes, next, isUnflushed })
    isDamaged ||= isBroken
    if (isBroken && isUnflushed) for (const later of segments.splice(index + 1)) discard(context, later)
  }
  const aborted = findAborted(context, segments, withMarkers, recovered)
  for (const segment of recovered) {
    segment.transactionIndex.replace(aborted.get(segment) ?? [])
    if (!unflushed.includes(segment)) segment.sync()
  }
  return { recovered, isDamaged }
}

interface Damage {
  readonly cutBytes: number
  readonly next: Segment | undefined
  readonly isUnflushed: boolean
}

/**
 * Whether anything is missing at the end of a segment. An end that never reached the disk leaves no damage behind, only
 * a gap: each segment begins where the one before it ends.
 */
function warnAboutDamage(
  { directory, onWarning }: LogContext,
  segment: Segment,
  { cutBytes, next, isUnflushed }: Damage,
): boolean {
  const file = offsetFile(directory, segment.baseOffset, SUFFIX.log)
  const endOffset = endOffsetOf(segment)
  const isShort = next !== undefined && endOffset < next.baseOffset
  if (cutBytes > 0) {
    const lost = isUnflushed
      ? `the ${cutBytes} bytes after it, and all later segments, are dropped`
      : `the ${cutBytes} bytes after it are dropped`
    onWarning(`${file} is damaged behind offset ${endOffset}: ${lost}`)
  } else if (isShort) {
    const lost = isUnflushed
      ? `later segments, from ${next.baseOffset} on, are dropped`
      : `what lay between it and offset ${next.baseOffset} is missing`
    onWarning(`${file} ends before offset ${endOffset}: ${lost}`)
  }
  return cutBytes > 0 || isShort
}

/** A roll that failed half-way may have left an empty file where the segment before it went on. */
function dropEmptyOverlap(context: LogContext, segments: Segment[]): void {
  const [previous, last] = segments.slice(-2)
  if (!previous || !last || last.size > 0 || endOffsetOf(previous) <= last.baseOffset) return
  discard(context, last)
  segments.pop()
}

/** An empty log, at the log's start: a new one, or one whose records below the start are all that was left. */
function startAnew(
  context: LogContext,
  segments: Segment[],
  epochs: LeaderEpochCache,
  logStartOffset: bigint,
): Segment {
  const { fileSystem, directory, clock, config, onWarning } = context
  if (segments.length > 0)
    onWarning(`${directory} ends before its start offset ${logStartOffset}: it begins anew, empty`)
  for (const segment of segments) discard(context, segment)
  epochs.clear()
  return Segment.create(fileSystem, directory, logStartOffset, clock.now(), rollJitterMs(config), {
    mayHaveAborted: false,
  })
}

function discard({ fileSystem, directory }: LogContext, segment: Segment): void {
  segment.close()
  removeSegmentFiles(fileSystem, directory, segment.baseOffset)
}
