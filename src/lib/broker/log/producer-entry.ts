import { NO_PRODUCER_EPOCH, NO_SEQUENCE, NO_TIMESTAMP } from '../../protocol/records/index.ts'

const MAX_SEQUENCE = 0x7fff_ffff
const REMEMBERED_BATCHES = 5

/** What is remembered of a batch that an idempotent producer has written. */
export interface BatchMetadata {
  readonly lastSequence: number
  readonly lastOffset: bigint
  /** Last offset minus first offset. */
  readonly offsetDelta: number
  readonly timestamp: bigint
}

/** What is known here of one idempotent producer (ProducerStateEntry in Kafka). */
export class ProducerEntry {
  producerEpoch = NO_PRODUCER_EPOCH
  coordinatorEpoch = -1
  lastTimestamp = NO_TIMESTAMP
  /** -1 while the producer has no open transaction. */
  currentTransactionStartOffset = -1n
  /** The last five, oldest first: a batch that is sent again is recognised by them. */
  private batches: BatchMetadata[] = []

  constructor(readonly producerId: bigint) {}

  get lastBatch(): BatchMetadata | null {
    return this.batches.at(-1) ?? null
  }

  get lastSequence(): number {
    return this.lastBatch?.lastSequence ?? NO_SEQUENCE
  }

  /** The remembered batch with exactly these sequence numbers. */
  findDuplicate(producerEpoch: number, firstSequence: number, lastSequence: number): BatchMetadata | null {
    if (producerEpoch !== this.producerEpoch) return null
    return (
      this.batches.find((batch) => batch.lastSequence === lastSequence && firstSequenceOf(batch) === firstSequence) ??
      null
    )
  }

  add(producerEpoch: number, batch: BatchMetadata): void {
    this.beginEpoch(producerEpoch)
    this.batches.push(batch)
    if (this.batches.length > REMEMBERED_BATCHES) this.batches.shift()
    this.lastTimestamp = batch.timestamp
  }

  /** Takes note of the marker of a transaction's end. */
  end(producerEpoch: number, coordinatorEpoch: number, timestamp: bigint): void {
    this.beginEpoch(producerEpoch)
    this.coordinatorEpoch = coordinatorEpoch
    this.currentTransactionStartOffset = -1n
    this.lastTimestamp = timestamp
  }

  /** Sequence numbers count anew in each epoch. */
  private beginEpoch(producerEpoch: number): void {
    if (producerEpoch !== this.producerEpoch) this.batches = []
    this.producerEpoch = producerEpoch
  }
}

/** Sequence numbers wrap around to 0 behind the largest int32 (DefaultRecordBatch.incrementSequence). */
export function addToSequence(sequence: number, increment: number): number {
  return sequence > MAX_SEQUENCE - increment ? increment - (MAX_SEQUENCE - sequence) - 1 : sequence + increment
}

function firstSequenceOf({ lastSequence, offsetDelta }: BatchMetadata): number {
  return lastSequence < offsetDelta ? MAX_SEQUENCE - (offsetDelta - lastSequence) + 1 : lastSequence - offsetDelta
}
