import { MalformedError } from '../../errors.ts'
import type { BatchHeader } from '../../protocol/records/index.ts'
import { BATCH_OVERHEAD, readBatchHeader } from '../../protocol/records/index.ts'
import type { LogFile } from './file-system.ts'

const WINDOW_BYTES = 16 * 1024

/** Walks the headers of the batches in a file; records are skipped. Reads a window at a time, for small batches. */
export class BatchScanner {
  /** Where the batch that `next` returned begins. */
  position: number
  private upcoming: number
  private readonly window: Buffer
  private windowStart = 0
  private windowEnd = 0

  constructor(private readonly file: LogFile, start: number, private readonly end: number) {
    this.position = this.upcoming = start
    this.window = Buffer.allocUnsafe(Math.max(Math.min(WINDOW_BYTES, end - start), BATCH_OVERHEAD))
  }

  /** The header of the next whole batch; null at the end. Throws MalformedError where no header can be. */
  next(): BatchHeader | null {
    if (this.upcoming + BATCH_OVERHEAD > this.end) return null
    this.fillWindow()
    const header = readBatchHeader(this.window, this.upcoming - this.windowStart)
    if (this.upcoming + header.sizeInBytes > this.end) return null
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
