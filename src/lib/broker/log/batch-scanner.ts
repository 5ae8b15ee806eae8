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
  private readonly window: Buffer
  private windowStart = 0
  private windowEnd = 0

  constructor(
    private readonly file: LogFile,
    start: number,
    private readonly end: number,
  ) {
    this.position = this.upcoming = start
    this.window = Buffer.allocUnsafe(Math.max(Math.min(WINDOW_BYTES, end - start), BATCH_OVERHEAD))
  }

  /** The header of the next batch; null at the end. Throws MalformedError where no whole batch can be. */
  next(): BatchHeader | null {
    if (this.upcoming >= this.end) return null
    if (this.upcoming + BATCH_OVERHEAD > this.end)
      throw new MalformedError(`${this.end - this.upcoming} bytes at ${this.upcoming} are no batch`)
    this.fillWindow()
    const header = readBatchHeader(this.window, this.upcoming - this.windowStart)
    if (this.upcoming + header.sizeInBytes > this.end)
      throw new MalformedError(
        `a batch of ${header.sizeInBytes} bytes at ${this.upcoming}, the file ends at ${this.end}`,
      )
    this.position = this.upcoming
    this.upcoming += header.sizeInBytes
    return header
  }

  /** Makes sure that the window holds the upcoming header. */
  private fillWindow(): void {
    if (this.upcoming >= this.windowStart && this.upcoming + BATCH_OVERHEAD <= this.windowEnd) return
    const length = Math.min(this.window.length, this.end - this.upcoming)
    this.windowStart = this.upcoming
    this.windowEnd = this.upcoming + this.file.read(this.window, length, this.upcoming)
    if (this.windowEnd < this.upcoming + BATCH_OVERHEAD) throw new MalformedError(`the file ends at ${this.windowEnd}`)
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
