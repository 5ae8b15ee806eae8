import { NO_PRODUCER_ID } from '../../protocol/records/index.ts'
import type { Batch } from './batch.ts'
import type { Topic } from './topic.ts'

const MAX_EPOCH = 0x7fff
const SEQUENCES = 2 ** 31

/** Who a producer is to the log of one partition. Sequences count records from `firstOrder` on. */
interface Identity {
  readonly producerId: bigint
  readonly epoch: number
  readonly firstOrder: number
}

/** What a batch of an idempotent producer says about its origin. */
export interface Signature {
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly baseSequence: number
}

/**
 * A partition of a topic as the producer sees it: its leader, and the batches that wait, in the order of their records.
 */
export class Partition {
  leaderId = -1
  leaderEpoch = -1
  /** The batch that takes records. */
  open: Batch | null = null
  /** Closed, waiting to be sent. */
  readonly queue: Batch[] = []
  readonly inFlight: Batch[] = []
  /** Records appended so far to batches that are closed. */
  private closedRecords = 0
  private identity: Identity | null = null
  private isGapped = false
  /** What is in flight is there for the second time at least. */
  private isRetrying = false
  /** A producer id whose epochs are used up. */
  private spentId = NO_PRODUCER_ID

  constructor(
    readonly topic: Topic,
    readonly index: number,
  ) {}

  get name(): string {
    return `${this.topic.name}-${this.index}`
  }

  /** Batches that are not settled, in their order. */
  batches(): Batch[] {
    return [...this.inFlight, ...this.queue, ...(this.open ? [this.open] : [])]
  }

  get isIdle(): boolean {
    return this.open === null && this.queue.length === 0 && this.inFlight.length === 0
  }

  /** Begins to fill a batch; there must be no open one. */
  begin(batch: Batch, now: number): void {
    this.open = batch.reset(this, this.closedRecords, now)
  }

  close(): void {
    if (this.open === null) return
    this.closedRecords += this.open.count
    this.queue.push(this.open)
    this.open = null
  }

  /**
   * The next batch that may leave, closed or, when nothing else waits, open. A batch that failed goes out again alone:
   * that keeps the order, and brokers know only the last five batches of a producer again.
   */
  head(): Batch | null {
    const head = this.queue[0] ?? this.open
    const mustBeAlone = this.isGapped || this.isRetrying || head?.wasSent
    return mustBeAlone && this.inFlight.length > 0 ? null : head
  }

  oldest(): Batch | null {
    return this.queue[0] ?? this.open
  }

  /** Takes out the oldest batch that is not in flight. */
  drop(oldest: Batch): void {
    if (oldest === this.open) this.close()
    this.queue.shift()
    // What was never sent leaves a hole in the sequence. What was sent may have arrived: the next answer will tell.
    if (!oldest.wasSent) this.markGap()
  }

  /** Moves the head of the queue into flight. */
  launch(): void {
    const batch = this.queue.shift()!
    this.isRetrying = batch.wasSent
    batch.wasSent = true
    this.inFlight.push(batch)
  }

  land(batch: Batch): void {
    this.inFlight.splice(this.inFlight.indexOf(batch), 1)
  }

  /** Puts batches back in the place that their order gives them. */
  requeue(...batches: Batch[]): void {
    const order = batches[0]?.order ?? 0
    const later = this.queue.findIndex((waiting) => waiting.order > order)
    this.queue.splice(later < 0 ? this.queue.length : later, 0, ...batches)
  }

  /** Whether no batch before this one is unsettled. */
  isFirst(batch: Batch): boolean {
    const isEarlier = (other: Batch | undefined): boolean => other !== undefined && other.order < batch.order
    return !isEarlier(this.queue[0]) && !this.inFlight.some(isEarlier)
  }

  /**
   * Notes that the broker will miss records in our sequence. What waits is numbered anew, under the next epoch, once
   * nothing is in flight (KIP-360); a batch of the old epoch can no longer be taken then.
   */
  markGap(): void {
    if (this.identity !== null) this.isGapped = true
  }

  /**
   * What the next batch is to be signed with; undefined when a producer id, or another than this, has to be fetched
   * first.
   */
  signature(batch: Batch, producerId: bigint): Signature | undefined {
    if (this.isGapped) this.nextEpoch(batch)
    if (this.identity === null) {
      if (producerId < 0n || producerId === this.spentId) return undefined
      this.identity = { producerId, epoch: 0, firstOrder: batch.order }
    }
    const { epoch, firstOrder } = this.identity
    return {
      producerId: this.identity.producerId,
      producerEpoch: epoch,
      baseSequence: (batch.order - firstOrder) % SEQUENCES,
    }
  }

  /**
   * The same under an epoch that a coordinator gave out: each has a sequence of its own, which begins when nothing is
   * in flight.
   */
  signatureUnder({ producerId, epoch }: Omit<Identity, 'firstOrder'>, batch: Batch): Signature {
    if (this.identity?.producerId !== producerId || this.identity.epoch !== epoch) {
      this.isGapped = false
      this.identity = { producerId, epoch, firstOrder: batch.order }
    }
    return { producerId, producerEpoch: epoch, baseSequence: (batch.order - this.identity.firstOrder) % SEQUENCES }
  }

  private nextEpoch(batch: Batch): void {
    const { producerId, epoch } = this.identity!
    this.isGapped = false
    if (epoch === MAX_EPOCH) this.spentId = producerId
    this.identity = epoch === MAX_EPOCH ? null : { producerId, epoch: epoch + 1, firstOrder: batch.order }
  }
}
