import type { Timer } from '../../clock.ts'
import type { FileSystem } from './file-system.ts'
import type { LogContext } from './log-context.ts'
import { INDEX_SUFFIXES, SEGMENT_SUFFIXES, SUFFIX, offsetFile } from './names.ts'
import type { Segment } from './segment.ts'
import { describeDiskError, isDiskError } from './storage-error.ts'

/**
 * Removes segments from the disk in two steps, as Kafka does: their files are renamed to `.deleted` at once, and go
 * when `file.delete.delay.ms` has passed. Leftovers of a crash are removed when the log is opened.
 */
export class SegmentRemoval {
  private readonly pending = new Map<bigint, Timer>()

  constructor(private readonly context: LogContext) {}

  /** Throws when the disk refuses to rename the `.log` file; the segment is then still whole. */
  remove(segment: Segment, delayMs: number): void {
    const { baseOffset } = segment
    const path = this.path(baseOffset, SUFFIX.log)
    segment.close()
    this.context.fileSystem.rename(path, path + SUFFIX.deleted)
    this.attempt(() => this.removeCompanions(baseOffset))
    this.pending.get(baseOffset)?.cancel()
    this.pending.set(
      baseOffset,
      this.context.clock.inBackground(delayMs, () => this.finish(baseOffset)),
    )
  }

  /** Without its `.log` file a segment is gone; what is left of it is removed at the next opening at the latest. */
  private removeCompanions(baseOffset: bigint): void {
    const { fileSystem } = this.context
    for (const suffix of INDEX_SUFFIXES) {
      const path = this.path(baseOffset, suffix)
      if (fileSystem.exists(path)) fileSystem.rename(path, path + SUFFIX.deleted)
    }
    fileSystem.remove(this.path(baseOffset, SUFFIX.snapshot))
  }

  /** Does now what would have been done later. */
  finishAll(): void {
    for (const [baseOffset, timer] of this.pending) {
      timer.cancel()
      this.finish(baseOffset)
    }
  }

  private finish(baseOffset: bigint): void {
    this.pending.delete(baseOffset)
    for (const kind of SEGMENT_SUFFIXES) {
      this.context.fileSystem
        .removeInBackground(this.path(baseOffset, kind) + SUFFIX.deleted)
        .catch((error: unknown) => this.report(error))
    }
  }

  private attempt(action: () => void): void {
    try {
      action()
    } catch (error) {
      this.report(error)
    }
  }

  private report(error: unknown): void {
    if (!isDiskError(error)) throw error
    this.context.onWarning(describeDiskError('remove old segments in', this.context.directory, error))
  }

  private path(baseOffset: bigint, suffix: string): string {
    return offsetFile(this.context.directory, baseOffset, suffix)
  }
}

/** Removes the files of a segment, those with a further suffix such as `.deleted` when one is given. */
export function removeSegmentFiles(fileSystem: FileSystem, directory: string, baseOffset: bigint, suffix = ''): void {
  for (const kind of SEGMENT_SUFFIXES) fileSystem.remove(offsetFile(directory, baseOffset, kind) + suffix)
}
