import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { EnvironmentError } from '../../lib/errors.ts'
import { fileProblem } from '../../lib/files.ts'
import { BATCH_OVERHEAD, LOG_OVERHEAD, readBatchHeader, type BatchHeader } from '../../lib/protocol/records/index.ts'

export interface StoredBatch {
  readonly header: BatchHeader
  readonly bytes: Buffer
  readonly position: number
}

/** A `.log` file, read batch by batch: no more of it is in memory than one batch. */
export class SegmentFile {
  readonly sizeInBytes: number
  private readonly descriptor: number
  private readonly head = Buffer.alloc(BATCH_OVERHEAD)

  /** Throws EnvironmentError for a file that cannot be opened. */
  constructor(readonly path: string) {
    try {
      this.descriptor = openSync(path, 'r')
    } catch (error) {
      throw new EnvironmentError(`${path} cannot be read: ${fileProblem(error)}`)
    }
    this.sizeInBytes = fstatSync(this.descriptor).size
  }

  /** The whole batches between two positions. Throws MalformedError for a header that cannot be. */
  *batches(from = 0, end = this.sizeInBytes): Generator<StoredBatch> {
    for (let position = from; ; ) {
      const batch = this.batchAt(position, Math.min(end, this.sizeInBytes))
      if (batch === null) return
      yield batch
      position += batch.header.sizeInBytes
    }
  }

  close(): void {
    closeSync(this.descriptor)
  }

  private batchAt(position: number, end: number): StoredBatch | null {
    if (
      end - position < BATCH_OVERHEAD ||
      readSync(this.descriptor, this.head, 0, BATCH_OVERHEAD, position) < BATCH_OVERHEAD
    )
      return null
    if (this.head.readInt32BE(LOG_OVERHEAD - 4) + LOG_OVERHEAD > end - position) return null
    const header = readBatchHeader(this.head)
    const bytes = Buffer.allocUnsafe(header.sizeInBytes)
    readSync(this.descriptor, bytes, 0, header.sizeInBytes, position)
    return { header, bytes, position }
  }
}
