import { MalformedError } from '../../errors.ts'
import { BATCH_OVERHEAD, type BatchHeader, readBatchHeader } from '../../protocol/records/index.ts'
import type { LogFile } from './file-system.ts'

const WINDOW_BYTES = 16 * 1024
/** For who wants the records as well: some batches of usual size at once. */
export const RECORDS_WINDOW_BYTES = 256 * 1024

/**
 * Walks the headers of the batches in a file; records are skipped, unless they are asked for. Reads a window at a time,
 * for small batches.
 */
export class BatchScanner {
  /** Where the batch that `next` returned begins. */
  position: number
  /** Where the one begins that `next` is to return. */
  upcoming: number
  private window: Buffer | null = null
  private windowStart = 0
  private windowEnd = 0

  constructor(
    private readonly file: LogFile,
    start: number,
    private readonly end: number,
    private readonly windowBytes = WINDOW_BYTES,
  ) {
    this.position = this.upcoming = start
  }

  /** The header of the next batch; null at the end. Throws MalformedError where no whole batch can be. */
  next(): BatchHeader | null {
    if (this.upcoming >= this.end) return null
    if (this.upcoming + BATCH_OVERHEAD > this.end)
      throw new MalformedError(`${this.end - this.upcoming} bytes at ${this.upcoming} are no batch`)
    const header = readBatchHeader(this.filledWindow(), this.upcoming - this.windowStart)
    if (this.upcoming + header.sizeInBytes > this.end)
      throw new MalformedError(
        `a batch of ${header.sizeInBytes} bytes at ${this.upcoming}, the file ends at ${this.end}`,
      )
    this.position = this.upcoming
    this.upcoming += header.sizeInBytes
    return header
  }

  /** The whole batch that `next` returned, in memory that the next call uses again; less where the file ends in it. */
  bytes(): Buffer {
    const window = this.windowOver(this.position, this.upcoming)
    const end = Math.min(this.upcoming, this.windowEnd)
    return window.subarray(this.position - this.windowStart, end - this.windowStart)
  }

  /** Holds the upcoming header. After a large batch another is likely, whose records are not read in vain. */
  private filledWindow(): Buffer {
    const isAmongLarge = this.upcoming - this.position > this.windowBytes / 2
    const atLeast = isAmongLarge ? BATCH_OVERHEAD : this.windowBytes
    const window = this.windowOver(this.upcoming, this.upcoming + BATCH_OVERHEAD, atLeast)
    if (this.windowEnd < this.upcoming + BATCH_OVERHEAD) throw new MalformedError(`the file ends at ${this.windowEnd}`)
    return window
  }

  /** Holds what lies between two places of the file, as far as it goes. A file without batches needs none. */
  private windowOver(from: number, to: number, atLeast = this.windowBytes): Buffer {
    if (this.window && from >= this.windowStart && to <= this.windowEnd) return this.window
    if (!this.window || this.window.length < to - from)
      this.window = Buffer.allocUnsafe(Math.max(to - from, Math.min(this.windowBytes, this.end - from)))
    const length = Math.min(Math.max(to - from, atLeast), this.window.length, this.end - from)
    this.windowStart = from
    this.windowEnd = from + this.file.read(this.window, length, from)
    return this.window
  }
}

/** The next header, null as well where bytes make no sense. */
export function headerOrNull(scanner: BatchScanner): BatchHeader | null {
  try {
    return scanner.next()
  } catch (error) {
    if (error instanceof MalformedError) return null
    throw error
  }
}
