import { BatchScanner } from './batch-scanner.ts'
import type { LogContext } from './log-context.ts'
import { SUFFIX, offsetFile, offsetsOf } from './names.ts'
import { removeSegmentFiles } from './segment-files.ts'
import type { SegmentRemoval } from './segment-removal.ts'
import type { Segment } from './segment.ts'

/**
 * Puts a cleaned segment, closed and on the disk, in the place of the segments it was made from. The moment its `.log.cleaned`
 * is `.log.swap` decides: before, a crash leaves the old segments; from then on the new one, by `finishSwaps`.
 */
export class Replacement {
  constructor(
    private readonly context: LogContext,
    private readonly baseOffset: bigint,
  ) {}

  /** Throws when the disk refuses: all is as before, but for `.cleaned` files. */
  commit(): void {
    const path = this.path(SUFFIX.log)
    this.context.fileSystem.rename(path + SUFFIX.cleaned, path + SUFFIX.swap)
    this.context.fileSystem.syncDirectory(this.context.directory)
  }

  /** Throws when the disk refuses: the log has to be opened anew, which finishes this. */
  finish(old: readonly Segment[], removal: SegmentRemoval): void {
    const { fileSystem, directory, config } = this.context
    for (const segment of old) removal.remove(segment, config.fileDeleteDelayMs)
    fileSystem.syncDirectory(directory)
    for (const suffix of [SUFFIX.index, SUFFIX.timeIndex]) fileSystem.rename(this.path(suffix) + SUFFIX.cleaned, this.path(suffix))
    fileSystem.rename(this.path(SUFFIX.log) + SUFFIX.swap, this.path(SUFFIX.log))
    fileSystem.syncDirectory(directory)
  }

  private path(suffix: string): string {
    return offsetFile(this.context.directory, this.baseOffset, suffix)
  }
}

/** Finishes replacements that a crash has interrupted. The indexes are made anew when the segments are opened. */
export function finishSwaps(context: LogContext): void {
  const { fileSystem, directory } = context
  const names = fileSystem.list(directory)
  const swaps = offsetsOf(names.filter((name) => name.endsWith(SUFFIX.swap)).map(withoutSwap), SUFFIX.log)
  for (const baseOffset of swaps) {
    const path = offsetFile(directory, baseOffset, SUFFIX.log)
    const endOffset = endOffsetOfFile(context, path + SUFFIX.swap, baseOffset)
    for (const old of offsetsOf(fileSystem.list(directory), SUFFIX.log)) {
      if (old >= baseOffset && old < endOffset) removeSegmentFiles(fileSystem, directory, old)
    }
    fileSystem.remove(offsetFile(directory, baseOffset, SUFFIX.index))
    fileSystem.remove(offsetFile(directory, baseOffset, SUFFIX.timeIndex))
    fileSystem.rename(path + SUFFIX.swap, path)
    fileSystem.syncDirectory(directory)
  }
}

function withoutSwap(name: string): string {
  return name.slice(0, -SUFFIX.swap.length)
}

function endOffsetOfFile({ fileSystem }: LogContext, path: string, baseOffset: bigint): bigint {
  const file = fileSystem.open(path, { create: false })
  try {
    const scanner = new BatchScanner(file, 0, file.size)
    let endOffset = baseOffset
    for (let header = scanner.next(); header; header = scanner.next()) endOffset = header.lastOffset + 1n
    return endOffset
  } finally {
    file.close()
  }
}
