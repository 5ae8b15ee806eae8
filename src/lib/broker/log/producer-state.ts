import { KafkaError } from '../../errors.ts'
import {
  type BatchHeader,
  type EndMarker,
  NO_PRODUCER_EPOCH,
  NO_PRODUCER_ID,
  NO_SEQUENCE,
} from '../../protocol/records/index.ts'
import { addToSequence, type BatchMetadata, ProducerEntry } from './producer-entry.ts'
import type { AbortedTransaction } from './transactions/transaction-index.ts'
import { checkMarker } from './transactions/check-marker.ts'
import { OpenTransactions } from './transactions/open-transactions.ts'
import type { ActiveProducer, AppendOptions } from './types.ts'

/** What a batch says about its producer. */
export type ProducerBatch = Pick<
  BatchHeader,
  'producerId' | 'producerEpoch' | 'baseSequence' | 'lastOffsetDelta' | 'isControl' | 'isTransactional'
>

/** The same of one that has its place in the log. */
type LogBatch = ProducerBatch & Pick<BatchHeader, 'baseOffset' | 'lastOffset' | 'maxTimestamp'>

type Origin = Pick<AppendOptions, 'origin' | 'transactionVersion'>

/**
 * The idempotent producers of a partition, their last sequence numbers and open transactions (ProducerStateManager and
 * ProducerAppendInfo in Kafka).
 */
export class ProducerState {
  private readonly producers = new Map<bigint, ProducerEntry>()
  private readonly transactions = new OpenTransactions()

  /** `log` is the partition's name, for errors; a producer silent for `expirationMs` is forgotten. */
  constructor(
    private readonly log: string,
    private readonly expirationMs: number,
  ) {}

  get entries(): Iterable<ProducerEntry> {
    return this.producers.values()
  }

  get count(): number {
    return this.producers.size
  }

  /** Where the oldest open transaction begins, null when none is open. */
  get firstOpenOffset(): bigint | null {
    return this.transactions.firstOffset
  }

  hasOpenTransaction(producerId: bigint, producerEpoch: number): boolean {
    const entry = this.producers.get(producerId)
    return entry !== undefined && entry.currentTransactionStartOffset >= 0n && entry.producerEpoch === producerEpoch
  }

  /**
   * Checks a batch before it is appended, with the marker that it is, if it is one. Returns the batch that it repeats,
   * or null when it is new. Throws INVALID_PRODUCER_EPOCH for an epoch that is over, OUT_OF_ORDER_SEQUENCE_NUMBER for a
   * gap, INVALID_TXN_STATE for a plain write in the midst of a transaction, TRANSACTION_COORDINATOR_FENCED for a marker
   * of a coordinator that has been replaced.
   */
  check(
    batch: ProducerBatch,
    marker: EndMarker | null,
    { origin, transactionVersion = 0 }: Origin,
  ): BatchMetadata | null {
    const entry = this.producers.get(batch.producerId)
    if (marker && entry) checkMarker(this.log, entry, { ...marker, ...batch }, transactionVersion)
    if (batch.producerId === NO_PRODUCER_ID || batch.isControl) return null
    return entry ? this.checkData(entry, batch, origin) : checkFirst(this.log, batch, origin, transactionVersion)
  }

  private checkData(entry: ProducerEntry, batch: ProducerBatch, origin: AppendOptions['origin']): BatchMetadata | null {
    const duplicate = origin === 'client' ? findDuplicate(entry, batch) : null
    if (duplicate) return duplicate
    this.checkEpoch(entry, batch)
    if (origin === 'client') this.checkSequence(entry, batch)
    if (entry.currentTransactionStartOffset >= 0n && !batch.isTransactional) {
      throw new KafkaError(
        'INVALID_TXN_STATE',
        `producer ${batch.producerId} writes to ${this.log} outside the transaction that it has open there`,
      )
    }
    return null
  }

  private checkEpoch({ producerEpoch }: ProducerEntry, batch: ProducerBatch): void {
    if (batch.producerEpoch >= producerEpoch) return
    throw new KafkaError(
      'INVALID_PRODUCER_EPOCH',
      `producer ${batch.producerId} writes to ${this.log} with epoch ${batch.producerEpoch}, but epoch ${producerEpoch} has begun`,
    )
  }

  /**
   * A new epoch begins with 0, an old one goes on. Where nothing is known of the producer's epoch, any number will do.
   */
  private checkSequence(entry: ProducerEntry, batch: ProducerBatch): void {
    if (entry.producerEpoch === NO_PRODUCER_EPOCH) return
    const isNewEpoch = batch.producerEpoch !== entry.producerEpoch
    const expected = isNewEpoch ? 0 : addToSequence(entry.lastSequence, 1)
    if (batch.baseSequence === expected) return
    throw new KafkaError(
      'OUT_OF_ORDER_SEQUENCE_NUMBER',
      `producer ${batch.producerId} writes to ${this.log} with sequence number ${batch.baseSequence} in ` +
        `${isNewEpoch ? 'the new ' : ''}epoch ${batch.producerEpoch}; ${expected} comes next`,
    )
  }

  /**
   * The transaction that a marker rolls back; null when it commits one, or there is nothing of it here.
   */
  abortedBy({ producerId, baseOffset }: LogBatch, { committed }: EndMarker): AbortedTransaction | null {
    const firstOffset = this.producers.get(producerId)?.currentTransactionStartOffset ?? -1n
    if (committed || firstOffset < 0n) return null
    return {
      producerId,
      firstOffset,
      lastOffset: baseOffset,
      lastStableOffset: this.transactions.firstOffsetWithout(producerId) ?? baseOffset + 1n,
    }
  }

  /** Takes note of a batch in the log, and of the marker that it is, if it is one. */
  update(batch: LogBatch, marker: EndMarker | null): void {
    if (batch.producerId === NO_PRODUCER_ID) return
    if (marker) this.endTransaction(batch, marker)
    else if (!batch.isControl) this.addData(batch)
  }

  private addData(batch: LogBatch): void {
    const { producerId, producerEpoch, baseOffset, lastOffset, lastOffsetDelta, maxTimestamp, isTransactional } = batch
    const entry = this.entryFor(producerId)
    entry.add(producerEpoch, {
      lastSequence: lastSequenceOf(batch),
      lastOffset,
      offsetDelta: lastOffsetDelta,
      timestamp: maxTimestamp,
    })
    if (!isTransactional || entry.currentTransactionStartOffset >= 0n) return
    entry.currentTransactionStartOffset = baseOffset
    this.transactions.begin(producerId, baseOffset)
  }

  private endTransaction({ producerId, producerEpoch, maxTimestamp }: LogBatch, { coordinatorEpoch }: EndMarker): void {
    this.entryFor(producerId).end(producerEpoch, coordinatorEpoch, maxTimestamp)
    this.transactions.end(producerId)
  }

  private entryFor(producerId: bigint): ProducerEntry {
    const entry = this.producers.get(producerId) ?? new ProducerEntry(producerId)
    this.producers.set(producerId, entry)
    return entry
  }

  /** Takes producers over from a snapshot; those that have expired meanwhile stay away. */
  load(entries: readonly ProducerEntry[], now: number): void {
    for (const entry of entries) this.producers.set(entry.producerId, entry)
    this.transactions.load(entries)
    this.expire(now)
  }

  /** Forgets all of them. */
  clear(): void {
    this.producers.clear()
    this.transactions.clear()
  }

  /** Forgets the producers that have not written for long. Those in a transaction stay. */
  expire(now: number): void {
    for (const entry of this.producers.values()) {
      const isIdle = entry.currentTransactionStartOffset < 0n && now - Number(entry.lastTimestamp) >= this.expirationMs
      if (isIdle) this.producers.delete(entry.producerId)
    }
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

  /**
   * Whether a batch is what a producer is known by after a restart: the last one with its sequence numbers, or, where
   * its epoch has none, the marker that began the epoch. Compaction keeps it.
   */
  isLastBatch({ producerId, producerEpoch, isControl, lastOffset }: BatchHeader): boolean {
    const entry = this.producers.get(producerId)
    if (!entry) return false
    return entry.lastBatch
      ? entry.lastBatch.lastOffset === lastOffset
      : isControl && entry.producerEpoch === producerEpoch
  }
}

/**
 * From a client of transactions version 2 the first batch that is seen has to be its first indeed: what is missing
 * before it was refused, and comes again. Older clients may go on with any number where their state has expired.
 */
function checkFirst(
  log: string,
  batch: ProducerBatch,
  origin: AppendOptions['origin'],
  transactionVersion: number,
): null {
  if (origin !== 'client' || !batch.isTransactional || transactionVersion < 2 || batch.baseSequence === 0) return null
  throw new KafkaError(
    'OUT_OF_ORDER_SEQUENCE_NUMBER',
    `producer ${batch.producerId} begins to write to ${log} with sequence number ${batch.baseSequence}; 0 comes first`,
  )
}

function findDuplicate(entry: ProducerEntry, batch: ProducerBatch): BatchMetadata | null {
  return entry.findDuplicate(batch.producerEpoch, batch.baseSequence, lastSequenceOf(batch))
}

/** Coordinators write with a producer's id and no sequence numbers. */
function lastSequenceOf({ baseSequence, lastOffsetDelta }: ProducerBatch): number {
  return baseSequence === NO_SEQUENCE ? NO_SEQUENCE : addToSequence(baseSequence, lastOffsetDelta)
}
