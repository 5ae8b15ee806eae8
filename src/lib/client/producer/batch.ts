import {
  BATCH_OVERHEAD,
  BatchBuilder,
  CODECS,
  encodeHeaders,
  readBatchHeader,
  RecordReader,
  recordSize,
  type BatchOptions,
} from '../../protocol/records/index.ts'
import type { Partition, Signature } from './partition.ts'

const FIRST_NUMBERS = 256

/**
 * Records on their way to one partition, in memory that is used again. Each record carries the number that its sender
 * knows it by, for the day that it has to be reported.
 */
export class Batch {
  partition!: Partition
  /** How many records were appended to the partition before this batch: the order of batches, and their sequence. */
  order = 0
  createdAt = 0
  /** Tries that failed. */
  attempts = 0
  /** When it may be sent again. */
  readyAt = 0
  wasSent = false
  /** How an idempotent producer signed it last. */
  signature: Signature | undefined
  private readonly builder: BatchBuilder
  private numbers = new Float64Array(FIRST_NUMBERS)

  constructor(readonly capacity: number) {
    this.builder = new BatchBuilder(capacity)
  }

  get count(): number {
    return this.builder.count
  }

  /** Header included, before compression. */
  get sizeInBytes(): number {
    return this.builder.sizeInBytes
  }

  reset(partition: Partition, order: number, createdAt: number): this {
    this.partition = partition
    this.order = order
    this.createdAt = createdAt
    this.attempts = this.readyAt = 0
    this.wasSent = false
    this.signature = undefined
    this.builder.clear()
    return this
  }

  /** As BatchBuilder.append, with the number of the record; false when there is no room. */
  append(
    timestampMs: number | bigint,
    key: Buffer | null,
    keyStart: number,
    keyEnd: number,
    value: Buffer | null,
    valueStart: number,
    valueEnd: number,
    headers: Buffer | null,
    number: number,
  ): boolean {
    const at = this.builder.count
    if (!this.builder.append(timestampMs, key, keyStart, keyEnd, value, valueStart, valueEnd, headers)) return false
    if (at === this.numbers.length) this.growNumbers()
    this.numbers[at] = number
    return true
  }

  private growNumbers(): void {
    const numbers = new Float64Array(this.numbers.length * 2)
    numbers.set(this.numbers)
    this.numbers = numbers
  }

  /**
   * The bytes to send: without compression they lie in the batch's own memory, with it they are made beside this
   * thread.
   */
  finish(options: BatchOptions & { readonly codec: number }): Buffer | Promise<Buffer> {
    return options.codec === CODECS.none ? this.builder.finish(options) : this.builder.finishAside(options)
  }

  /** The numbers of its records; good until the batch is used again. */
  recordNumbers(): Float64Array {
    return this.numbers.subarray(0, this.count)
  }

  numberOf(index: number): number {
    return this.numbers[index]!
  }

  /**
   * The same records in new batches of at most `maxBytes` each (a record that is larger stands alone), without those
   * that `keep` turns down. The parts keep their place in the partition's order.
   */
  split(maxBytes: number, keep: (index: number) => boolean = () => true): Batch[] {
    const bytes = this.builder.finish()
    const header = readBatchHeader(bytes)
    const baseTimestamp = Number.isSafeInteger(Number(header.baseTimestamp))
      ? Number(header.baseTimestamp)
      : header.baseTimestamp
    const reader = new RecordReader()
    reader.open(bytes, 0, header)
    const parts: Batch[] = []
    let part: Batch | undefined
    for (let index = 0; reader.next(); index += 1) {
      if (!keep(index)) continue
      const headers = reader.headerCount === 0 ? null : encodeHeaders(reader.rawHeaders())
      const add = (batch: Batch): boolean =>
        batch.append(
          add64(baseTimestamp, reader.timestampDelta),
          reader.keyLength < 0 ? null : reader.body,
          reader.keyStart,
          reader.keyStart + reader.keyLength,
          reader.valueLength < 0 ? null : reader.body,
          reader.valueStart,
          reader.valueStart + reader.valueLength,
          headers,
          this.numberOf(index),
        )
      if (part && add(part)) continue
      const needed = BATCH_OVERHEAD + recordSize(0, 0, reader.keyLength, reader.valueLength, headers?.length ?? 0)
      part = new Batch(Math.max(maxBytes, needed)).reset(this.partition, this.order + index, this.createdAt)
      part.wasSent = this.wasSent
      parts.push(part)
      add(part)
    }
    return parts
  }
}

/** Our own batches have no difference that is not exact. */
const add64 = (base: number | bigint, delta: number): number | bigint =>
  typeof base === 'number' ? base + delta : base + BigInt(delta)
