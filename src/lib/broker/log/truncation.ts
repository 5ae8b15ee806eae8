import type { Flusher } from './flusher.ts'
import { type Loaded, loadSegments } from './load-segments.ts'
import type { LogParts } from './log-parts.ts'
import type { Cut, Segment } from './segment.ts'

/** What a log tells of itself, which changes with what is cut off. */
interface Bounds {
  readonly logStartOffset: bigint
  readonly logEndOffset: bigint
  moveLogStart(offset: bigint): void
  moveLogEndBack(offset: bigint): void
}

/**
 * Cuts off the end of a log, all of it if need be. The segments are cut at one place in one step, which comes before
 * all others: what a crash leaves is taken for a log that has lost its end, since the recovery point has moved there.
 * Throws what the disk says.
 */
export class Truncation {
  /** Set while something is cut off: if it lasts, the disk has refused, and nobody knows how far it went. */
  private isUnderway = false

  constructor(
    private readonly parts: LogParts,
    private readonly flusher: Flusher,
    private readonly bounds: Bounds,
  ) {}

  /** See PartitionLog. Epochs go that have begun from there on, with records or not. */
  truncateTo(offset: bigint): void {
    const { segments, epochs } = this.parts
    const { logStartOffset, logEndOffset } = this.bounds
    if (offset >= logEndOffset) return epochs.truncateFromEnd(offset)
    const index = segments.indexFor(offset)
    const cut = segments.at(index)!.cutBelow(offset)
    if (cut.endOffset >= logStartOffset) this.cutOff(index, cut)
    else this.restartAt(offset < logStartOffset ? offset : logStartOffset)
  }

  restartAt(offset: bigint): void {
    const { segments } = this.parts
    const first = segments.at(0)!
    this.flusher.retreatTo(offset)
    this.cutOff(0, first.cutAtStart)
    this.isUnderway = true
    if (offset !== first.baseOffset) {
      segments.addAt(offset)
      this.flusher.expectNewNames()
      segments.dropFirst(1)
    }
    this.bounds.moveLogStart(offset)
    this.endAt(offset, [])
    this.isUnderway = false
  }

  private cutOff(index: number, cut: Cut): void {
    const { segments, producers } = this.parts
    this.flusher.retreatTo(cut.endOffset)
    this.isUnderway = true
    segments.cutOff(index, cut)
    // Where no producer is known, none was before.
    this.endAt(cut.endOffset, producers.count > 0 ? segments.all : [])
    this.isUnderway = false
  }

  /** Forgets what is known of records that are gone; producers are found again in the segments. */
  private endAt(offset: bigint, segments: readonly Segment[]): void {
    const { context, epochs, cleaner, producers, snapshots } = this.parts
    this.bounds.moveLogEndBack(offset)
    epochs.truncateFromEnd(offset)
    cleaner.truncateTo(offset)
    producers.clear()
    snapshots.restore(producers, segments, this.bounds.logStartOffset, offset, context.clock.now())
    context.fileSystem.syncDirectory(context.directory)
  }

  /**
   * The disk failed while something was cut off, or a compaction put new segments in place: what it left is finished as
   * after a crash.
   */
  repair(): void {
    const { context, epochs, segments, cleaner } = this.parts
    if (!cleaner.isInterrupted && !this.isUnderway) return
    const reloaded = loadSegments(context, epochs, {
      logStartOffset: this.bounds.logStartOffset,
      recoveryPoint: this.flusher.recoveryPoint,
      cleanShutdown: false,
      cleanedOffset: cleaner.gaplessFrom,
    })
    segments.reset(reloaded.segments)
    if (this.isUnderway) this.settle(reloaded)
    cleaner.isInterrupted = this.isUnderway = false
  }

  private settle({ segments, logStartOffset, logEndOffset }: Loaded): void {
    segments.at(-1)!.sync()
    this.endAt(logEndOffset, segments)
    if (logStartOffset !== this.bounds.logStartOffset) this.bounds.moveLogStart(logStartOffset)
  }
}
