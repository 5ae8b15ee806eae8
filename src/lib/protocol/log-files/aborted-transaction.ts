/** A transaction that was rolled back, as far as one partition took part in it (AbortedTxn in Kafka). */
export interface AbortedTransaction {
  readonly producerId: bigint
  readonly firstOffset: bigint
  /** That of the marker. */
  readonly lastOffset: bigint
  /** Where the last stable offset stood after it: what lies below is wholly told by the entries up to this one. */
  readonly lastStableOffset: bigint
}

const VERSION = 0
export const ABORTED_TRANSACTION_BYTES = 34

/**
 * An entry of a `.txnindex`: version int16, then producer id, first offset, last offset and last stable offset, int64
 * each.
 */
export function encodeAbortedTransaction({
  producerId,
  firstOffset,
  lastOffset,
  lastStableOffset,
}: AbortedTransaction): Buffer {
  const entry = Buffer.allocUnsafe(ABORTED_TRANSACTION_BYTES)
  entry.writeInt16BE(VERSION, 0)
  entry.writeBigInt64BE(producerId, 2)
  entry.writeBigInt64BE(firstOffset, 10)
  entry.writeBigInt64BE(lastOffset, 18)
  entry.writeBigInt64BE(lastStableOffset, 26)
  return entry
}

/**
 * The whole entries of a file. The version is not looked at, as in Kafka: a higher one would have to be readable as
 * this one.
 */
export function decodeAbortedTransactions(content: Buffer): AbortedTransaction[] {
  return Array.from({ length: Math.floor(content.length / ABORTED_TRANSACTION_BYTES) }, (_, index) => {
    const at = index * ABORTED_TRANSACTION_BYTES
    return {
      producerId: content.readBigInt64BE(at + 2),
      firstOffset: content.readBigInt64BE(at + 10),
      lastOffset: content.readBigInt64BE(at + 18),
      lastStableOffset: content.readBigInt64BE(at + 26),
    }
  })
}
