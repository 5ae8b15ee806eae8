import { BatchScanner, headerOrNull } from './batch-scanner.ts'
import type { LogContext } from './log-context.ts'
import { SUFFIX, offsetFile, offsetsOf } from './names.ts'
import { removeSegmentFiles, type SegmentRemoval } from './segment-removal.ts'
import type { Segment } from './segment.ts'

/** Indexes that can be made anew by reading the segment. That of aborted transactions takes part in the swap itself. */
const REMADE_SUFFIXES = [SUFFIX.index, SUFFIX.timeIndex] as const

/**
 * Puts a cleaned segment, closed and on the disk, in the place of the segments it was made from. The moment its
 * `.log.cleaned` is `.log.swap` decides: before, a crash leaves the old segments; from then on the new one, by
 * `finishSwaps`. A power cut may undo the last of these steps, but file systems keep the order of what is done to
 * names.
 */
export class Replacement {
  constructor(
    private readonly context: LogContext,
    private readonly baseOffset: bigint,
  ) {}

  /** Throws when the disk refuses: all is as before, but for `.cleaned` files. */
  decide(): void {
    const { fileSystem } = this.context
    const [path, index] = [this.path(SUFFIX.log), this.path(SUFFIX.transactionIndex)]
    if (fileSystem.exists(index + SUFFIX.cleaned)) fileSystem.rename(index + SUFFIX.cleaned, index + SUFFIX.swap)
    fileSystem.rename(path + SUFFIX.cleaned, path + SUFFIX.swap)
  }

  /** Throws when the disk refuses: the log has to be opened anew, which finishes this. */
  finish(old: readonly Segment[], removal: SegmentRemoval): void {
    const { fileSystem, config } = this.context
    for (const segment of old) removal.remove(segment, config.fileDeleteDelayMs)
    for (const suffix of REMADE_SUFFIXES) fileSystem.rename(this.path(suffix) + SUFFIX.cleaned, this.path(suffix))
    swapTransactionIndex(this.context, this.baseOffset)
    fileSystem.rename(this.path(SUFFIX.log) + SUFFIX.swap, this.path(SUFFIX.log))
  }

  private path(suffix: string): string {
    return offsetFile(this.context.directory, this.baseOffset, suffix)
  }
}

/**
 * Finishes replacements that a crash has interrupted. Their other indexes are made anew when the segments are opened.
 */
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
    for (const suffix of REMADE_SUFFIXES) fileSystem.remove(offsetFile(directory, baseOffset, suffix))
    swapTransactionIndex(context, baseOffset)
    fileSystem.rename(path + SUFFIX.swap, path)
    fileSystem.syncDirectory(directory)
  }
}

/**
 * The index of aborted transactions, where there is one. Segments that had one are never replaced by one without, so an
 * index that lies in its place already, with no other waiting, is the new one.
 */
function swapTransactionIndex({ fileSystem, directory }: LogContext, baseOffset: bigint): void {
  const path = offsetFile(directory, baseOffset, SUFFIX.transactionIndex)
  if (fileSystem.exists(path + SUFFIX.swap)) fileSystem.rename(path + SUFFIX.swap, path)
}

function withoutSwap(name: string): string {
  return name.slice(0, -SUFFIX.swap.length)
}

function endOffsetOfFile({ fileSystem }: LogContext, path: string, baseOffset: bigint): bigint {
  const file = fileSystem.open(path, { create: false })
  try {
    const scanner = new BatchScanner(file, 0, file.size)
    let endOffset = baseOffset
    for (let header = headerOrNull(scanner); header; header = headerOrNull(scanner)) endOffset = header.lastOffset + 1n
    return endOffset
  } finally {
    file.close()
  }
}
