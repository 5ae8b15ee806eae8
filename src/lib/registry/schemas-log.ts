import { listOffsets } from '../client/admin/list-offsets.ts'
import { asKafkaError } from '../client/admin/item-error.ts'
import {
  Consumer,
  consumerSettings,
  Delivery,
  DirectAssignment,
  EARLIEST,
  timestampOf,
  topicsNamed,
  type RecordSink,
} from '../client/consumer/index.ts'
import { parseProducerSettings, Producer, type TopicWriter } from '../client/producer/index.ts'
import type { KafkaClient } from '../client/types.ts'
import type { Clock } from '../clock.ts'
import type { KafkaError } from '../errors.ts'
import { OFFSET_SPECS } from '../protocol/apis/list-offsets.ts'
import type { BatchHeader, RecordReader } from '../protocol/records/index.ts'
import { storeFailed, storeTimedOut, tooLarge } from './errors.ts'
import { decodeRecord, encodeRecord, type KeyAndValue, type RegistryRecord } from './records.ts'

export interface SchemasLogOptions {
  readonly client: KafkaClient
  readonly topic: string
  readonly clock: Clock
  /** How long a write may take until it has been read back, in milliseconds. */
  readonly timeoutMs: number
  /** Gets each record of the topic in its order, those written here among them. */
  apply(record: RegistryRecord): void
  warn(line: string): void
}

const PARTITION = 0
/** The largest record that is tried; the topic's max.message.bytes has the last word. */
const MOST_BYTES = 16 * 1024 * 1024

/**
 * The topic of a registry. What is written counts when it has been read back, so that this registry and every other one
 * see the same records in the same order. One write at a time.
 */
export class SchemasLog {
  private readonly consumer: Consumer
  private readonly producer: Producer
  private writer: TopicWriter | undefined
  /** Up to where the topic has been read. */
  private position = 0n
  /** What has been written and not been read back. */
  private pending: KeyAndValue[] = []
  private failure: Error | undefined
  private readonly waiting = new Set<() => void>()
  private readonly reading: Promise<void>

  private constructor(private readonly options: SchemasLogOptions) {
    const { client, topic, clock, warn } = options
    this.producer = openProducer(client, clock, (error) => this.fail(error))
    const settings = consumerSettings(new Map())
    this.consumer = new Consumer({
      client,
      settings,
      clock,
      assign: (parts) =>
        new DirectAssignment(parts, {
          subscription: topicsNamed([topic]),
          partitions: new Set([PARTITION]),
          start: EARLIEST,
          autoOffsetReset: 'earliest',
        }),
      notice: warn,
    })
    this.reading = this.read(
      new Delivery(this.sink(), { ...settings, maxRecords: Infinity, isStopped: () => this.consumer.isStopped }),
    )
  }

  /** Reads all that the topic holds. Throws KafkaError, EnvironmentError. */
  static async open(options: SchemasLogOptions): Promise<SchemasLog> {
    const log = new SchemasLog(options)
    try {
      await log.catchUp(Infinity)
      return log
    } catch (error) {
      await log.close()
      throw error
    }
  }

  /** Reads up to what is the end of the topic now. */
  async catchUp(timeoutMs = this.options.timeoutMs): Promise<void> {
    const { client, topic, clock } = this.options
    const [end] = await listOffsets(
      client,
      [{ topic, partition: PARTITION, timestamp: OFFSET_SPECS.latest.timestamp }],
      { clock },
    )
    if (end!.error) throw asKafkaError(end!.error, `Cannot find the end of ${topic}`)
    await this.until(() => this.position >= end!.offset, timeoutMs)
  }

  /** Resolves when all have been read back. Throws RegistryError 42209, 50001, 50002. */
  async write(records: readonly RegistryRecord[]): Promise<void> {
    const { topic, timeoutMs } = this.options
    const encoded = records.map(encodeRecord)
    this.failure = undefined
    try {
      this.writer ??= await this.producer.topic(topic)
      this.pending = [...encoded]
      for (const record of encoded) await this.append(record)
      this.producer.drain()
    } catch (error) {
      throw storeFailed(error as Error)
    }
    await this.until(() => this.pending.length === 0, timeoutMs)
  }

  async close(): Promise<void> {
    this.producer.close()
    await this.consumer.close(true, 'hurried')
    await this.reading
  }

  private async append({ key, value }: KeyAndValue): Promise<void> {
    const { writer, producer } = this
    const [keyBytes, valueBytes] = [Buffer.from(key), value === null ? null : Buffer.from(value)]
    const length = valueBytes?.length ?? 0
    const partition = writer!.partition(PARTITION)!
    const isAppended = (): boolean =>
      writer!.appendTo(
        partition,
        this.options.clock.now(),
        keyBytes,
        0,
        keyBytes.length,
        valueBytes,
        0,
        length,
        null,
        0,
      )
    while (!isAppended()) if (!(await producer.room())) throw producer.roomError()
  }

  private fail(error: Error): void {
    this.failure = error
    this.wake()
  }

  /** Waits for what reading brings about. Throws RegistryError when it does not come. */
  private async until(isDone: () => boolean, timeoutMs: number): Promise<void> {
    let isOver = false
    const timer = Number.isFinite(timeoutMs)
      ? this.options.clock.after(timeoutMs, () => {
          isOver = true
          this.wake()
        })
      : undefined
    try {
      while (!isDone()) {
        if (this.failure) throw refusalOf(this.failure)
        if (isOver) throw storeTimedOut()
        await new Promise<void>((resolve) => this.waiting.add(resolve))
      }
    } finally {
      timer?.cancel()
    }
  }

  private wake(): void {
    for (const resolve of this.waiting) resolve()
    this.waiting.clear()
  }

  private async read(delivery: Delivery): Promise<void> {
    try {
      for (;;) {
        const records = await this.consumer.next()
        if (!records) return
        await delivery.deliver(records)
        this.position = records.partition.position
        this.consumer.release(records)
        this.wake()
      }
    } catch (error) {
      this.options.warn(`${this.options.topic} is not read any more: ${(error as Error).message}`)
      this.fail(error as Error)
    }
  }

  private sink(): RecordSink {
    let batch: BatchHeader
    return {
      batch: (_, header) => void (batch = header),
      record: (record) => this.take(record, Number(timestampOf(record, batch))),
      endBatch: () => {},
      ready: () => undefined,
    }
  }

  /** What is no record of a registry is passed over: it must not keep the others from being read. */
  private take({ body, keyStart, keyLength, valueStart, valueLength }: RecordReader, ts: number): void {
    const key = keyLength < 0 ? Buffer.alloc(0) : body.subarray(keyStart, keyStart + keyLength)
    const value = valueLength < 0 ? null : body.subarray(valueStart, valueStart + valueLength)
    const [next] = this.pending
    if (next && key.equals(Buffer.from(next.key)) && (value?.toString() ?? null) === next.value) this.pending.shift()
    try {
      const record = decodeRecord(key, value, ts)
      if (record) this.options.apply(record)
    } catch (error) {
      this.options.warn(`a record of ${this.options.topic} is passed over: ${(error as Error).message}`)
    }
  }
}

const openProducer = (client: KafkaClient, clock: Clock, onFailure: (error: KafkaError) => void): Producer => {
  // One write at a time, whose records may come twice without harm: the same value for the same key.
  const properties = {
    acks: 'all',
    'enable.idempotence': 'false',
    'linger.ms': '0',
    'max.request.size': `${MOST_BYTES}`,
  }
  const { settings } = parseProducerSettings(new Map(Object.entries(properties)))
  return new Producer(client, settings, { clock, onFailure: (_, error) => onFailure(error) })
}

const refusalOf = (error: Error): Error =>
  ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'].includes((error as KafkaError).code)
    ? tooLarge(`Schema is too large: ${error.message}`)
    : storeFailed(error)
