import type { LogContext } from './log-context.ts'
import { rollJitterMs } from './roll.ts'
import { removeSegmentFiles, SegmentRemoval } from './segment-removal.ts'
import { type Cut, Segment } from './segment.ts'

/** The segments of a log, by ascending base offset; there is always a last one, which grows. */
export class SegmentList {
  readonly removal: SegmentRemoval

  constructor(
    private readonly context: LogContext,
    private segments: Segment[],
  ) {
    this.removal = new SegmentRemoval(context)
  }

  get all(): readonly Segment[] {
    return this.segments
  }

  get active(): Segment {
    return this.segments.at(-1)!
  }

  get sizeInBytes(): number {
    return this.segments.reduce((sum, { size }) => sum + size, 0)
  }

  /** The segments from the one on that holds an offset, or the first one when all begin later. */
  from(offset: bigint): readonly Segment[] {
    return this.segments.slice(this.indexFor(offset))
  }

  /** Index of the last segment that begins at or before an offset, 0 when all begin later. */
  indexFor(offset: bigint): number {
    if (this.active.baseOffset <= offset) return this.segments.length - 1
    let low = 0
    let high = this.segments.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.segments[middle]!.baseOffset <= offset) low = middle
      else high = middle - 1
    }
    return low
  }

  at(index: number): Segment | undefined {
    return this.segments[index]
  }

  /** Where the offsets of a segment end: where the next one begins, or the log ends. */
  endOf(index: number, logEndOffset: bigint): bigint {
    return this.segments[index + 1]?.baseOffset ?? logEndOffset
  }

  /** Makes a new active segment. When the disk refuses, the old one stays. */
  addAt(baseOffset: bigint): void {
    const { fileSystem, directory, clock, config } = this.context
    try {
      this.segments.push(Segment.create(fileSystem, directory, baseOffset, clock.now(), rollJitterMs(config)))
    } catch (error) {
      this.removeHalfMade(baseOffset)
      throw error
    }
  }

  private removeHalfMade(baseOffset: bigint): void {
    try {
      removeSegmentFiles(this.context.fileSystem, this.context.directory, baseOffset)
    } catch {
      // An empty segment that stays behind is recognised when the log is opened; the first error is the one to tell.
    }
  }

  /** Removes the oldest segments, never the active one. */
  dropFirst(count: number): void {
    for (let dropped = 0; dropped < count; dropped += 1) {
      this.removal.remove(this.segments[0]!, this.context.config.fileDeleteDelayMs)
      this.segments.shift()
    }
  }

  /** Cuts off the end of a segment, and removes those behind it, the next one first: without it, none counts. */
  cutOff(index: number, cut: Cut): void {
    this.segments[index]!.cutOff(cut)
    for (const later of this.segments.slice(index + 1))
      this.removal.remove(later, this.context.config.fileDeleteDelayMs)
    this.segments.length = index + 1
  }

  /** Puts one segment in the place of some that follow each other. */
  replace(old: readonly Segment[], segment: Segment): void {
    this.segments.splice(this.segments.indexOf(old[0]!), old.length, segment)
  }

  /** Forgets the segments there are, and goes on with others. */
  reset(segments: Segment[]): void {
    this.close()
    this.segments = segments
  }

  close(): void {
    for (const segment of this.segments) segment.close()
  }
}
