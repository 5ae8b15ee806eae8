import type { BatchHeader, EndMarker } from '../../../protocol/records/index.ts'
import type { AbortedTransaction } from './transaction-index.ts'

/**
 * What a compaction has to know of transactions, batch by batch from the oldest on (CleanedTransactionMetadata in
 * Kafka): records that were rolled back go, and a marker goes when nothing of its transaction is left.
 */
export class CleanedTransactions {
  /** By first offset. */
  private readonly upcoming: AbortedTransaction[]
  private readonly aborted = new Map<bigint, { readonly transaction: AbortedTransaction; hasRecords: boolean }>()
  private readonly committed = new Set<bigint>()

  /** `from` is where the walk over the log begins; all that ended before has no part in it. */
  constructor(transactions: readonly AbortedTransaction[], from: bigint) {
    this.upcoming = transactions
      .filter(({ lastOffset }) => lastOffset >= from)
      .sort((a, b) => (a.firstOffset < b.firstOffset ? -1 : a.firstOffset > b.firstOffset ? 1 : 0))
  }

  /** Takes note of a batch of records; true when they were rolled back. */
  isAborted(header: BatchHeader): boolean {
    this.advance(header)
    if (!header.isTransactional) return false
    const aborted = this.aborted.get(header.producerId)
    if (aborted) aborted.hasRecords = true
    else this.committed.add(header.producerId)
    return aborted !== undefined
  }

  /**
   * Takes note of a control batch and its marker, null for one that has been emptied. `isNeeded` while records of its
   * transaction were met before it; `aborted` is then what the index of aborted transactions has to go on saying.
   */
  endedBy(header: BatchHeader, marker: EndMarker | null): { isNeeded: boolean; aborted: AbortedTransaction | null } {
    this.advance(header)
    if (!marker) return { isNeeded: false, aborted: null }
    if (marker.committed) return { isNeeded: this.committed.delete(header.producerId), aborted: null }
    const ended = this.aborted.get(header.producerId)
    this.aborted.delete(header.producerId)
    return ended?.hasRecords ? { isNeeded: true, aborted: ended.transaction } : { isNeeded: false, aborted: null }
  }

  private advance({ lastOffset }: BatchHeader): void {
    while (this.upcoming.length > 0 && this.upcoming[0]!.firstOffset <= lastOffset) {
      const transaction = this.upcoming.shift()!
      if (!this.aborted.has(transaction.producerId))
        this.aborted.set(transaction.producerId, { transaction, hasRecords: false })
    }
  }
}
