import { KafkaError } from '../../errors.ts'
import type { BatchHeader } from '../../protocol/records/index.ts'
import { NO_PRODUCER_EPOCH, NO_PRODUCER_ID } from '../../protocol/records/index.ts'
import type { BatchMetadata } from './producer-entry.ts'
import { ProducerEntry, addToSequence } from './producer-entry.ts'
import type { ActiveProducer, AppendOptions } from './types.ts'

/** What a batch says about its producer. */
export type ProducerBatch = Pick<BatchHeader, 'producerId' | 'producerEpoch' | 'baseSequence' | 'lastOffsetDelta' | 'isControl'>

/**
 * The idempotent producers of a partition and their last sequence numbers (ProducerStateManager and ProducerAppendInfo in
 * Kafka). Transaction markers pass through: they will be looked at here when there is a coordinator that writes them.
 */
export class ProducerState {
  private readonly producers = new Map<bigint, ProducerEntry>()

  /** `log` is the partition's name, for errors; a producer silent for `expirationMs` is forgotten. */
  constructor(private readonly log: string, private readonly expirationMs: number) {}

  get entries(): Iterable<ProducerEntry> {
    return this.producers.values()
  }

  get count(): number {
    return this.producers.size
  }

  /**
   * Checks a batch before it is appended. Returns the batch that it repeats, or null when it is new. Throws
   * INVALID_PRODUCER_EPOCH for an epoch that is over, OUT_OF_ORDER_SEQUENCE_NUMBER for a gap.
   */
  check(batch: ProducerBatch, origin: AppendOptions['origin']): BatchMetadata | null {
    const entry = this.producers.get(batch.producerId)
    if (!hasSequence(batch) || !entry) return null
    const duplicate = origin === 'client' ? findDuplicate(entry, batch) : null
    if (duplicate) return duplicate
    this.checkEpoch(entry, batch)
    if (origin === 'client') this.checkSequence(entry, batch)
    return null
  }

  private checkEpoch({ producerEpoch }: ProducerEntry, batch: ProducerBatch): void {
    if (batch.producerEpoch >= producerEpoch) return
    throw new KafkaError('INVALID_PRODUCER_EPOCH',
      `producer ${batch.producerId} writes to ${this.log} with epoch ${batch.producerEpoch}, but epoch ${producerEpoch} has begun`)
  }

  /** A new epoch begins with 0, an old one goes on. Where nothing is known of the producer's epoch, any number will do. */
  private checkSequence(entry: ProducerEntry, batch: ProducerBatch): void {
    if (entry.producerEpoch === NO_PRODUCER_EPOCH) return
    const isNewEpoch = batch.producerEpoch !== entry.producerEpoch
    const expected = isNewEpoch ? 0 : addToSequence(entry.lastSequence, 1)
    if (batch.baseSequence === expected) return
    throw new KafkaError('OUT_OF_ORDER_SEQUENCE_NUMBER',
      `producer ${batch.producerId} writes to ${this.log} with sequence number ${batch.baseSequence} in `
      + `${isNewEpoch ? 'the new ' : ''}epoch ${batch.producerEpoch}; ${expected} comes next`)
  }

  /** Takes note of a batch in the log. */
  update(batch: ProducerBatch, baseOffset: bigint, timestamp: bigint): void {
    if (!hasSequence(batch)) return
    this.entryFor(batch.producerId).add(batch.producerEpoch, {
      lastSequence: lastSequenceOf(batch),
      lastOffset: baseOffset + BigInt(batch.lastOffsetDelta),
      offsetDelta: batch.lastOffsetDelta,
      timestamp,
    })
  }

  private entryFor(producerId: bigint): ProducerEntry {
    const entry = this.producers.get(producerId) ?? new ProducerEntry(producerId)
    this.producers.set(producerId, entry)
    return entry
  }

  /** Takes producers over from a snapshot; those that have expired meanwhile stay away. */
  load(entries: readonly ProducerEntry[], now: number): void {
    for (const entry of entries) this.producers.set(entry.producerId, entry)
    this.expire(now)
  }

  /** Forgets the producers that have not written for long. Those in a transaction stay. */
  expire(now: number): void {
    for (const entry of this.producers.values()) {
      const isIdle = entry.currentTransactionStartOffset < 0n && now - Number(entry.lastTimestamp) >= this.expirationMs
      if (isIdle) this.producers.delete(entry.producerId)
    }
  }

  clear(): void {
    this.producers.clear()
  }

  active(): ActiveProducer[] {
    return Array.from(this.producers.values(), (entry) => ({
      producerId: entry.producerId,
      producerEpoch: entry.producerEpoch,
      lastSequence: entry.lastSequence,
      lastTimestamp: entry.lastTimestamp,
      currentTransactionStartOffset: entry.currentTransactionStartOffset,
      coordinatorEpoch: entry.coordinatorEpoch,
    }))
  }

  /** Whether the batch ending at an offset is the last one of its producer: compaction keeps its sequence numbers. */
  isLastBatch(producerId: bigint, lastOffset: bigint): boolean {
    return this.producers.get(producerId)?.lastBatch?.lastOffset === lastOffset
  }
}

function hasSequence({ producerId, isControl }: ProducerBatch): boolean {
  return producerId !== NO_PRODUCER_ID && !isControl
}

function findDuplicate(entry: ProducerEntry, batch: ProducerBatch): BatchMetadata | null {
  return entry.findDuplicate(batch.producerEpoch, batch.baseSequence, lastSequenceOf(batch))
}

function lastSequenceOf({ baseSequence, lastOffsetDelta }: ProducerBatch): number {
  return addToSequence(baseSequence, lastOffsetDelta)
}
