import {
  BATCH_OVERHEAD,
  BatchBuilder,
  CODECS,
  encodeHeaders,
  NO_PRODUCER_ID,
  readBatchHeader,
  RecordReader,
  recordSize,
  type BatchOptions,
  type ValueRun,
} from '../../protocol/records/index.ts'

const MAX_EPOCH = 0x7fff
const SEQUENCES = 2 ** 31
const FIRST_NUMBERS = 256

/** The topic of a partition. */
export interface PartitionTopic {
  readonly name: string
  readonly id: string
  shrinkBatches(refusedBytes: number): void
}

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
    readonly topic: PartitionTopic,
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

  /** As BatchBuilder.appendRun, with the number of the first record. */
  appendRun(timestampMs: number | bigint, run: ValueRun, most: number, maxBytes: number, number: number): number {
    const at = this.builder.count
    const count = this.builder.appendRun(timestampMs, run, most, maxBytes)
    while (at + count > this.numbers.length) this.growNumbers()
    for (let index = 0; index < count; index += 1) this.numbers[at + index] = number + index
    return count
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
