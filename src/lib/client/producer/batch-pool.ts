import { Batch } from './partition.ts'

/** The memory of a producer, `buffer.memory` bytes: batches are lent out and come back. */
export class BatchPool {
  private readonly free = new Map<number, Batch[]>()
  private freeBytes = 0
  private lentBytes = 0

  constructor(private readonly limitBytes: number) {}

  get isLending(): boolean {
    return this.lentBytes > 0
  }

  /** A batch of this capacity, or null while too much is lent out. A single batch may be larger than the limit. */
  take(capacity: number): Batch | null {
    if (this.lentBytes > 0 && this.lentBytes + capacity > this.limitBytes) return null
    this.lentBytes += capacity
    const batch = this.free.get(capacity)?.pop()
    if (batch) {
      this.freeBytes -= capacity
      return batch
    }
    if (this.freeBytes + this.lentBytes > this.limitBytes) this.forgetFree()
    return new Batch(capacity)
  }

  /**
   * Takes a lent batch back. Its memory is used again unless `isBusy` says that a socket may still be reading from it.
   */
  giveBack(batch: Batch, isBusy = false): void {
    this.lentBytes -= batch.capacity
    if (isBusy) return
    const same = this.free.get(batch.capacity)
    if (same) same.push(batch)
    else this.free.set(batch.capacity, [batch])
    this.freeBytes += batch.capacity
  }

  /** Counts a batch that was made elsewhere as lent. */
  adopt(batch: Batch): void {
    this.lentBytes += batch.capacity
  }

  private forgetFree(): void {
    this.free.clear()
    this.freeBytes = 0
  }
}
