import { NO_PRODUCER_ID, readEndMarker, type BatchHeader } from '../../protocol/records/index.ts'
import type { AbortedTransaction } from './fetch-request.ts'

/**
 * Tells the batches of aborted transactions, from the list that comes with the records of a read_committed fetch
 * (Kafka's CompletedFetch). One filter serves one fetched run of batches, in their order.
 */
export class AbortedFilter {
  private readonly pending: AbortedTransaction[]
  private readonly aborted = new Set<bigint>()

  constructor(transactions: readonly AbortedTransaction[]) {
    this.pending = [...transactions].sort((a, b) =>
      a.firstOffset < b.firstOffset ? -1 : a.firstOffset > b.firstOffset ? 1 : 0,
    )
  }

  /**
   * Whether the records of the batch at `at` were rolled back. Control batches are not: they end a transaction and are
   * no records at all.
   */
  isAborted(buffer: Buffer, at: number, header: BatchHeader): boolean {
    if (header.producerId === NO_PRODUCER_ID) return false
    while (this.pending.length > 0 && this.pending[0]!.firstOffset <= header.lastOffset)
      this.aborted.add(this.pending.shift()!.producerId)
    if (!header.isControl) return header.isTransactional && this.aborted.has(header.producerId)
    if (this.aborted.has(header.producerId) && readEndMarker(buffer, at, header)?.committed === false)
      this.aborted.delete(header.producerId)
    return false
  }
}
