import type { ProducerEntry } from '../producer-entry.ts'

/**
 * Where the transactions that are open in a partition begin, oldest first: what lies behind the first one is not stable
 * yet.
 */
export class OpenTransactions {
  /** First offsets by producer id. New transactions begin at the end of the log, so a map keeps them in order. */
  private readonly firstOffsets = new Map<bigint, bigint>()

  get firstOffset(): bigint | null {
    return this.firstOffsets.values().next().value ?? null
  }

  /** Where the oldest one begins that is not this producer's. */
  firstOffsetWithout(producerId: bigint): bigint | null {
    for (const [other, firstOffset] of this.firstOffsets) if (other !== producerId) return firstOffset
    return null
  }

  begin(producerId: bigint, firstOffset: bigint): void {
    this.firstOffsets.set(producerId, firstOffset)
  }

  end(producerId: bigint): void {
    this.firstOffsets.delete(producerId)
  }

  clear(): void {
    this.firstOffsets.clear()
  }

  /** Takes over from a snapshot, whose producers are in no order. */
  load(entries: readonly ProducerEntry[]): void {
    const open = entries.filter(({ currentTransactionStartOffset }) => currentTransactionStartOffset >= 0n)
    const oldestFirst = open.sort((a, b) => Number(a.currentTransactionStartOffset - b.currentTransactionStartOffset))
    for (const { producerId, currentTransactionStartOffset } of oldestFirst)
      this.begin(producerId, currentTransactionStartOffset)
  }
}
