import { MalformedError } from '../../errors.ts'
import { BATCH_OVERHEAD, type BatchHeader, readBatchHeader } from '../../protocol/records/index.ts'
import type { LogFile } from './file-system.ts'

const WINDOW_BYTES = 16 * 1024

/** Walks the headers of the batches in a file; records are skipped. Reads a window at a time, for small batches. */
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

  /** Holds the upcoming header. A file without batches needs none. */
  private filledWindow(): Buffer {
    const window = (this.window ??= Buffer.allocUnsafe(Math.min(WINDOW_BYTES, this.end - this.upcoming)))
    if (this.upcoming >= this.windowStart && this.upcoming + BATCH_OVERHEAD <= this.windowEnd) return window
    const length = Math.min(window.length, this.end - this.upcoming)
    this.windowStart = this.upcoming
    this.windowEnd = this.upcoming + this.file.read(window, length, this.upcoming)
    if (this.windowEnd < this.upcoming + BATCH_OVERHEAD) throw new MalformedError(`the file ends at ${this.windowEnd}`)
    return window
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
