import { createHash } from 'node:crypto'
import { type BatchHeader, readEndMarker, RecordReader } from '../../protocol/records/index.ts'
import type { CleanedTransactions } from './transactions/cleaned-transactions.ts'

/** Longer keys are known by their SHA-256. */
const MAX_PLAIN_KEY_BYTES = 31

/**
 * The latest offset of each key in the dirty part of a log (SkimpyOffsetMap in Kafka). It holds `maxKeys` keys: what is
 * behind them waits for the next compaction.
 */
export class OffsetMap {
  private readonly offsets = new Map<string, bigint>()
  private readonly reader = new RecordReader()
  /** Everything below has been taken into account. */
  endOffset: bigint

  /** `transactions` has to begin at `startOffset` too. */
  constructor(
    private readonly startOffset: bigint,
    private readonly maxKeys: number,
    private readonly transactions: CleanedTransactions,
  ) {
    this.endOffset = startOffset
  }

  /** Takes a batch into account, which is read when need be. False when there is no room for more keys. */
  add(header: BatchHeader, read: () => Buffer): boolean {
    if (header.lastOffset < this.startOffset) return true
    if (header.isControl) this.transactions.endedBy(header, readEndMarker(read(), 0, header))
    else if (!this.transactions.isAborted(header) && !this.addBatch(read(), header)) return false
    this.endOffset = header.lastOffset + 1n
    return true
  }

  /** Whether a record is the latest one of its key, as far as is known. */
  isLatest(body: Buffer, keyStart: number, keyLength: number, offset: bigint): boolean {
    const latest = this.offsets.get(keyOf(body, keyStart, keyLength))
    return latest === undefined || offset >= latest
  }

  private addBatch(batch: Buffer, header: BatchHeader): boolean {
    const { reader, offsets } = this
    reader.open(batch, 0, header)
    while (reader.next()) {
      const offset = header.baseOffset + BigInt(reader.offsetDelta)
      if (reader.keyLength < 0 || offset < this.startOffset) continue
      const key = keyOf(reader.body, reader.keyStart, reader.keyLength)
      if (offsets.size >= this.maxKeys && !offsets.has(key)) return false
      offsets.set(key, offset)
    }
    return true
  }
}

function keyOf(body: Buffer, start: number, length: number): string {
  if (length <= MAX_PLAIN_KEY_BYTES) return body.toString('latin1', start, start + length)
  return createHash('sha256')
    .update(body.subarray(start, start + length))
    .digest('binary')
}
