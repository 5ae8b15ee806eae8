import type { Segment } from '../segment.ts'
import type { AbortedTransaction } from './transaction-index.ts'

/**
 * The aborted transactions with records at offsets from `from` on, below `upTo`
 * (UnifiedLog.collectAbortedTransactions). Their markers may lie far behind: the search goes on until an entry says
 * that all below `upTo` had been decided by then.
 */
export function collectAborted(segments: readonly Segment[], from: bigint, upTo: bigint): AbortedTransaction[] {
  const collected: AbortedTransaction[] = []
  for (const segment of segments) {
    for (const transaction of segment.transactionIndex.all()) {
      if (transaction.lastOffset >= from && transaction.firstOffset < upTo) collected.push(transaction)
      if (transaction.lastStableOffset >= upTo) return collected
    }
  }
  return collected
}
