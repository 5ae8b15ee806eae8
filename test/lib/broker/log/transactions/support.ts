import { batches, buildEndMarker, readEndMarker } from '../../../../../src/lib/protocol/records/index.ts'
import type { AbortedTransaction, LogConfig, PartitionLog } from '../../../../../src/lib/broker/log/index.ts'
import { Bench, readAll, recordsIn } from '../support.ts'

/** A log that producers with transactions write to; each has its sequence numbers and an epoch, which an end raises. */
export class TransactionBench extends Bench {
  leaderEpoch = 0
  private readonly producers = new Map<number, { epoch: number; sequence: number }>()

  constructor(config: Partial<LogConfig> = {}) {
    super(config)
  }

  /** Writes records (`key=value` or a value) in the transaction of a producer; returns the first offset. */
  write(producerId: number, ...texts: string[]): bigint {
    const producer = this.producer(producerId)
    const batch = this.batch(texts.map(record), {
      producerId: BigInt(producerId),
      producerEpoch: producer.epoch,
      baseSequence: producer.sequence,
      isTransactional: true,
    })
    const { baseOffset } = this.log.append(batch, {
      leaderEpoch: this.leaderEpoch,
      origin: 'client',
      transactionVersion: 2,
    })
    producer.sequence += texts.length
    return baseOffset
  }

  commit(producerId: number): bigint {
    return this.end(producerId, true)
  }

  abort(producerId: number): bigint {
    return this.end(producerId, false)
  }

  /** Writes the marker as transactions version 2 does: with the epoch of the next transaction. */
  private end(producerId: number, committed: boolean): bigint {
    const producer = this.producer(producerId)
    const { baseOffset } = this.marker(producerId, { committed, producerEpoch: producer.epoch + 1 }, 2)
    producer.epoch += 1
    producer.sequence = 0
    return baseOffset
  }

  marker(
    producerId: number,
    marker: { committed: boolean; producerEpoch: number; coordinatorEpoch?: number },
    transactionVersion: number,
  ) {
    const timestamp = BigInt(this.clock.now())
    const batch = buildEndMarker({ coordinatorEpoch: 0, ...marker, producerId: BigInt(producerId), timestamp })
    return this.log.append(batch, { leaderEpoch: this.leaderEpoch, origin: 'coordinator', transactionVersion })
  }

  private producer(producerId: number): { epoch: number; sequence: number } {
    const producer = this.producers.get(producerId) ?? { epoch: 0, sequence: 0 }
    this.producers.set(producerId, producer)
    return producer
  }
}

export function record(text: string): { key: Buffer | null; value: Buffer | null } {
  const [key, value] = text.includes('=') ? text.split('=') : [null, text]
  return { key: key === null ? null : Buffer.from(key!), value: value === '' ? null : Buffer.from(value!) }
}

/**
 * What a consumer sees that reads committed records only, up to the last stable offset, by the index of aborted
 * transactions.
 */
export function committed(log: PartitionLog): string[] {
  const upTo = log.firstOpenOffset ?? log.logEndOffset
  const chunk = readAll(log)
  const pending = [...log.abortedTransactions(log.logStartOffset, upTo)].sort((a, b) =>
    Number(a.firstOffset - b.firstOffset),
  )
  const aborted = new Set<bigint>()
  const seen: string[] = []
  for (const { header, at } of batches(chunk)) {
    if (header.lastOffset >= upTo) break
    while (pending.length > 0 && pending[0]!.firstOffset <= header.lastOffset) aborted.add(pending.shift()!.producerId)
    const marker = readEndMarker(chunk, at, header)
    if (marker?.committed === false) aborted.delete(header.producerId)
    if (header.isControl || (header.isTransactional && aborted.has(header.producerId))) continue
    seen.push(
      ...recordsIn(chunk.subarray(at, at + header.sizeInBytes)).map(({ key, value }) =>
        key === null ? value! : `${key}=${value ?? ''}`,
      ),
    )
  }
  return seen
}

/** What the records and markers of a log say about its transactions, found without any index. */
export function toldByMarkers(log: PartitionLog): { aborted: AbortedTransaction[]; firstOpenOffset: bigint | null } {
  const chunk = readAll(log)
  const open = new Map<bigint, bigint>()
  const aborted: AbortedTransaction[] = []
  for (const {
    header: { producerId, baseOffset, isTransactional, isControl, ...header },
    at,
  } of batches(chunk)) {
    const marker = readEndMarker(chunk, at, { producerId, baseOffset, isTransactional, isControl, ...header })
    if (!isTransactional) continue
    if (!marker && !open.has(producerId)) open.set(producerId, baseOffset)
    if (!marker) continue
    const firstOffset = open.get(producerId)
    open.delete(producerId)
    if (firstOffset === undefined || marker.committed) continue
    aborted.push({ producerId, firstOffset, lastOffset: baseOffset, lastStableOffset: oldest(open) ?? baseOffset + 1n })
  }
  return { aborted, firstOpenOffset: oldest(open) }
}

function oldest(open: ReadonlyMap<bigint, bigint>): bigint | null {
  return [...open.values()].reduce<bigint | null>(
    (least, offset) => (least === null || offset < least ? offset : least),
    null,
  )
}
