import { createHash } from 'node:crypto'
import type { BatchHeader } from '../../protocol/records/index.ts'
import { RecordReader, readEndMarker } from '../../protocol/records/index.ts'
import type { CleanableRange } from './cleanable-range.ts'
import type { Segment } from './segment.ts'
import type { CleanedTransactions } from './transactions/cleaned-transactions.ts'

/** Longer keys are known by their SHA-256. */
const MAX_PLAIN_KEY_BYTES = 31

/**
 * The latest offset of each key in the dirty part of a log (SkimpyOffsetMap and Cleaner.buildOffsetMap in Kafka). It holds
 * `maxKeys` keys: what is behind them waits for the next compaction.
 */
export class KeyMap {
  private readonly offsets = new Map<string, bigint>()
  private readonly reader = new RecordReader()
  /** Everything below has been taken into account. */
  endOffset: bigint

  /** `transactions` has to begin where the range does. */
  constructor({ dirty, firstDirtyOffset, endOffset }: CleanableRange, private readonly maxKeys: number, private readonly transactions: CleanedTransactions) {
    this.endOffset = firstDirtyOffset
    if (dirty.every((segment) => this.addSegment(segment, firstDirtyOffset))) this.endOffset = endOffset
  }

  /** Whether a record is the latest one of its key, as far as is known. */
  isLatest(body: Buffer, keyStart: number, keyLength: number, offset: bigint): boolean {
    const latest = this.offsets.get(keyOf(body, keyStart, keyLength))
    return latest === undefined || offset >= latest
  }

  /** False when there is no room for more keys. */
  private addSegment(segment: Segment, from: bigint): boolean {
    const scanner = segment.scan(from > segment.baseOffset ? segment.offsetIndex.positionFor(from) : 0)
    for (let header = scanner.next(); header; header = scanner.next()) {
      if (header.lastOffset < from) continue
      const batch = segment.readBytes(scanner.position, header.sizeInBytes)
      if (header.isControl) this.transactions.endedBy(header, readEndMarker(batch, 0, header))
      else if (!this.transactions.isAborted(header) && !this.addBatch(batch, header, from)) return false
      this.endOffset = header.lastOffset + 1n
    }
    return true
  }

  private addBatch(batch: Buffer, header: BatchHeader, from: bigint): boolean {
    const { reader, offsets } = this
    reader.open(batch, 0, header)
    while (reader.next()) {
      const offset = header.baseOffset + BigInt(reader.offsetDelta)
      if (reader.keyLength < 0 || offset < from) continue
      const key = keyOf(reader.body, reader.keyStart, reader.keyLength)
      if (offsets.size >= this.maxKeys && !offsets.has(key)) return false
      offsets.set(key, offset)
    }
    return true
  }
}

function keyOf(body: Buffer, start: number, length: number): string {
  if (length <= MAX_PLAIN_KEY_BYTES) return body.toString('latin1', start, start + length)
  return createHash('sha256').update(body.subarray(start, start + length)).digest('binary')
}
