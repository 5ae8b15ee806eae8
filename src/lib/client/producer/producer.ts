import { systemClock, type Clock } from '../../clock.ts'
import { KafkaError } from '../../errors.ts'
import { BATCH_OVERHEAD } from '../../protocol/records/index.ts'
import { Hindrances } from '../hindrances.ts'
import type { KafkaClient } from '../types.ts'
import type { Batch } from './partition.ts'
import { BatchPool } from './batch-pool.ts'
import { Coordinators } from './coordinators.ts'
import { Partitioner } from './partitioner.ts'
import { ProducerId } from './producer-id.ts'
import { Sender } from './sender.ts'
import { BatchCompletion } from './batch-completion.ts'
import type { ProducerSettings } from './settings.ts'
import { TopicWriter } from './topic-writer.ts'
import { Topics } from './topics.ts'
import { TransactionRequests } from './transaction-requests.ts'
import { Transactions } from './transactions.ts'

export interface ProducerOptions {
  /**
   * Called for records that will never be sent. `numbers` are those that they were appended with; they must not be
   * kept. `partition` is -1 when none was chosen.
   */
  readonly onFailure: (numbers: Float64Array, error: KafkaError, partition: number) => void
  /**
   * Called for records that the broker has, with their size in bytes before compression. `numbers` must not be kept.
   */
  readonly onSent?: (numbers: Float64Array, bytes: number) => void
  /** Sentences that a person may want to read while the producer waits for a topic. */
  readonly onNotice?: (sentence: string, topic: string) => void
  /** Is told what has to be waited for, and why. */
  readonly hindrances?: Hindrances | undefined
  readonly clock?: Clock
  /** As Math.random: for the choice of partitions and the jitter of pauses. */
  readonly random?: () => number
}

/**
 * Sends records to topics. Records are written into batches at once (see TopicWriter); batches leave when they are
 * full, when `linger.ms` is over, or when their node has nothing to do.
 */
export class Producer {
  sentRecords = 0
  failedRecords = 0
  /** Null without `transactional.id`; with one, records may only be appended while a transaction is open. */
  readonly transactions: Transactions | null
  private readonly clock: Clock
  private readonly pool: BatchPool
  private readonly topics: Topics
  private readonly sender: Sender
  private readonly producerId: ProducerId | null
  private readonly coordinators: Coordinators
  private readonly hindrances: Hindrances
  private readonly sleepers: (() => void)[] = []
  private broken: { readonly error: unknown } | null = null

  constructor(
    client: KafkaClient,
    private readonly settings: ProducerSettings,
    private readonly options: ProducerOptions,
  ) {
    const clock = (this.clock = options.clock ?? systemClock)
    const pool = (this.pool = new BatchPool(settings.bufferMemory))
    const hindrances = (this.hindrances = options.hindrances ?? new Hindrances({ clock, say: () => {} }))
    const onBroken = (error: unknown): void => this.break(error)
    this.topics = new Topics({
      client,
      settings,
      clock,
      hindrances,
      onBroken,
      onUpdate: () => this.sender.drain(),
      onNotice: (sentence, topic) => options.onNotice?.(sentence, topic),
    })
    const onStale = (): void => this.topics.refresh()
    const completion = new BatchCompletion({
      client,
      settings,
      clock,
      pool,
      hindrances,
      onStale,
      random: options.random,
      onSent: (batch) => this.count(batch),
      onFailed: (batch, numbers, error) => this.fail(numbers, error, batch.partition.index),
      onFreed: () => this.wake(),
    })
    this.coordinators = new Coordinators({ settings, clock, hindrances })
    this.transactions = this.makeTransactions(client, onBroken)
    const producerId = (this.producerId =
      this.transactions || !settings.isIdempotent
        ? null
        : new ProducerId({
            client,
            settings,
            clock,
            hindrances,
            onBroken,
            onReady: () => this.sender.drain(),
            onFatal: (error) => this.sender.stopWith(error),
          }))
    const signer = this.transactions ?? producerId
    this.sender = new Sender({
      client,
      settings,
      clock,
      hindrances,
      completion,
      signer,
      onStale,
      onBroken,
      partitions: () => this.topics.partitions(),
    })
    // It will be wanted, and takes as long as the metadata of the first topic does.
    producerId?.fetch()
  }

  /** Opens a topic for writing; see Topics.open for the errors. */
  async topic(name: string): Promise<TopicWriter> {
    const { settings, clock, pool, sender } = this
    const topic = await this.topics.open(name)
    const partitioner = new Partitioner(topic, settings, () => clock.now(), this.options.random)
    return new TopicWriter({
      topic,
      settings,
      clock,
      pool,
      sender,
      partitioner,
      onRefused: (number, error) => this.refuse(number, error),
    })
  }

  /** To be called when the input pauses: what has been appended goes out if its node is idle. */
  drain(): void {
    this.sender.drain()
  }

  /** Resolves when memory has come free; false when it has not within `max.block.ms`. */
  async room(): Promise<boolean> {
    const deadline = this.clock.now() + this.settings.maxBlockMs
    const timer = this.clock.after(this.settings.maxBlockMs, () => this.wake())
    try {
      await this.change()
    } finally {
      timer.cancel()
    }
    return this.clock.now() < deadline
  }

  /** Resolves when every record so far has been sent or has failed. */
  async flush(): Promise<void> {
    this.sender.isFlushing = true
    this.sender.drain()
    while (this.pool.isLending) await this.change()
    this.sender.isFlushing = false
    this.check()
  }

  /** Reports a record as failed that was never appended. */
  refuse(number: number, error: KafkaError): void {
    this.fail(Float64Array.of(number), error, -1)
  }

  /** How many records wait, on their way or for it. */
  get waitingRecords(): number {
    let count = 0
    for (const partition of this.topics.partitions()) for (const batch of partition.batches()) count += batch.count
    return count
  }

  /** The records that wait, on their way or for it: the numbers that they were appended with, in no order. */
  waiting(): Float64Array {
    const numbers = [...this.topics.partitions()].flatMap((partition) =>
      partition.batches().map((batch) => batch.recordNumbers()),
    )
    return Float64Array.from(numbers.flatMap((some) => [...some]))
  }

  /** What a record fails with for which `room` was not made. */
  roomError(): KafkaError {
    return new KafkaError(
      'REQUEST_TIMED_OUT',
      this.hindrances.explain(`no memory came free within ${this.settings.maxBlockMs} ms (max.block.ms)`),
    )
  }

  /**
   * Fails everything that waits with this error, and what is under way as soon as the client has been closed, which is
   * to follow; nothing is asked again.
   */
  giveUp(error: KafkaError): void {
    this.coordinators.close(error)
    this.producerId?.close()
    this.topics.close()
    this.sender.stopWith(error)
    this.wake()
  }

  /** Forgets what has not been sent; the client stays open. */
  close(): void {
    this.hindrances.close()
    this.coordinators.close(new KafkaError('NETWORK_EXCEPTION', 'the producer has been closed'))
    this.producerId?.close()
    this.topics.close()
    this.sender.close()
  }

  private makeTransactions(client: KafkaClient, onBroken: (error: unknown) => void): Transactions | null {
    const { settings } = this
    const { transactionalId, transactionTimeoutMs: timeoutMs } = settings
    return transactionalId === null
      ? null
      : new Transactions({
          client,
          transactionalId,
          timeoutMs,
          onBroken,
          requests: new TransactionRequests(client, this.coordinators, transactionalId, timeoutMs),
          flush: () => this.flush(),
          stop: (error) => this.sender.stopWith(error),
          resume: () => this.sender.resume(),
          onReady: () => this.sender.drain(),
        })
  }

  private count(batch: Batch): void {
    this.sentRecords += batch.count
    this.options.onSent?.(batch.recordNumbers(), batch.sizeInBytes - BATCH_OVERHEAD)
  }

  private fail(numbers: Float64Array, error: KafkaError, partition: number): void {
    this.failedRecords += numbers.length
    this.transactions?.spoil(error)
    this.options.onFailure(numbers, error, partition)
  }

  /** Waits for something to come free. */
  private async change(): Promise<void> {
    this.check()
    await new Promise<void>((resolve) => this.sleepers.push(resolve))
    this.check()
  }

  private check(): void {
    if (this.broken) throw this.broken.error
  }

  private wake(): void {
    for (const resolve of this.sleepers.splice(0)) resolve()
  }

  private break(error: unknown): void {
    this.broken ??= { error }
    this.wake()
  }
}
