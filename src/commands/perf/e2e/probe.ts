import { asKafkaError } from '../../../lib/client/admin/item-error.ts'
import { listOffsets, type FoundOffset } from '../../../lib/client/admin/list-offsets.ts'
import { OFFSET_SPECS } from '../../../lib/protocol/apis/list-offsets.ts'
import {
  consumerSettings,
  type Consumer,
  Delivery,
  type Assignment,
  type ConsumerParts,
  type ConsumerSettings,
  type RecordSink,
} from '../../../lib/client/consumer/index.ts'
import { type RecordReader, encodeHeaders } from '../../../lib/protocol/records/index.ts'
import type { Hindrances } from '../../../lib/client/hindrances.ts'
import { parseProducerSettings, Producer, type TopicWriter } from '../../../lib/client/producer/index.ts'
import type { ClientProperties, KafkaClient } from '../../../lib/client/types.ts'
import type { Context } from '../../../lib/command/define.ts'
import { openConsumer } from '../../../lib/work/reading.ts'
import type { Order } from '../../../lib/work/command.ts'
import type { Clock } from '../../../lib/clock.ts'
import { EnvironmentError, type KafkaError } from '../../../lib/errors.ts'
import { difference, type Message } from './messages.ts'

export interface ProbeOptions {
  readonly topic: string
  readonly acks: string
  readonly properties: ClientProperties
  readonly hindrances: Hindrances
}

/** Sends records through a topic, one at a time, and sees when each comes back. */
export class Probe {
  private failure: KafkaError | undefined
  private readonly producer: Producer
  private writer!: TopicWriter

  private constructor(
    client: KafkaClient,
    { acks, properties, hindrances }: ProbeOptions,
    private readonly reader: EndReader,
    private readonly context: Context,
  ) {
    const { settings } = parseProducerSettings(new Map([...properties, ['linger.ms', '0'], ['acks', acks]]))
    this.producer = new Producer(client, settings, {
      clock: context.clock,
      hindrances,
      onFailure: (_, error) => void (this.failure ??= error),
    })
  }

  /**
   * Starts at the end of every partition. Throws KafkaError when the topic cannot be had, EnvironmentError when the
   * cluster cannot be reached.
   */
  static async open(client: KafkaClient, options: ProbeOptions, { context, voice }: Order<unknown>): Promise<Probe> {
    const reader = new EndReader(
      client,
      consumerSettings(options.properties),
      await endsOf(client, options.topic, context),
      { context, voice },
    )
    const probe = new Probe(client, options, reader, context)
    probe.writer = await probe.producer.topic(options.topic)
    return probe
  }

  /**
   * From the hand-over of a record to its return and its acknowledgement, whichever comes last, in nanoseconds. Throws
   * KafkaError when it is refused, EnvironmentError when something else comes back.
   */
  async measure(message: Message): Promise<number> {
    const startedMs = performance.now()
    this.send(message)
    await this.producer.flush()
    if (this.failure) throw this.failure
    const messages = await this.reader.next()
    const elapsedMs = performance.now() - startedMs
    if (!this.context.signal.aborted) check(message, messages)
    return Math.round(elapsedMs * 1e6)
  }

  /** Whether a record is on its way to the broker. */
  get isSending(): boolean {
    return this.producer.waitingRecords > 0
  }

  giveUp(error: KafkaError): void {
    this.producer.giveUp(error)
  }

  private send({ key, value, headers }: Message): void {
    const encoded = headers.length === 0 ? null : encodeHeaders(headers)
    this.writer.append(this.context.clock.now(), key, 0, key?.length ?? 0, value, 0, value?.length ?? 0, encoded, 0)
  }

  async close(): Promise<void> {
    this.producer.close()
    await this.reader.close()
  }
}

async function endsOf(client: KafkaClient, topic: string, { clock }: Context): Promise<FoundOffset[]> {
  const { topics } = await client.metadata([topic])
  const partitions = topics.flatMap((found) => found.partitions.map(({ partitionIndex }) => partitionIndex))
  const queries = partitions.map((partition) => ({ topic, partition, timestamp: OFFSET_SPECS.latest.timestamp }))
  const ends = await listOffsets(client, queries, { clock })
  for (const { partition, error } of ends) {
    if (error) throw asKafkaError(error, `Cannot find the end of ${topic}-${partition}`)
  }
  return ends
}

function check(sent: Message, messages: readonly Message[]): void {
  const problem = difference(sent, messages[0]!)
  if (problem !== undefined) throw new EnvironmentError(problem)
  if (messages.length > 1)
    throw new EnvironmentError(`Only one result was expected during this test. We found [${messages.length}]`)
}

/** How long a record may take from the broker to here. */
const TIMEOUT_MS = 60_000

/** Reads what is appended to partitions from the offsets on that it is given. */
class EndReader {
  private readonly arrived: Message[] = []
  private readonly consumer: Consumer
  private readonly delivery: Delivery
  private readonly clock: Clock

  constructor(
    client: KafkaClient,
    settings: ConsumerSettings,
    ends: readonly FoundOffset[],
    { context, voice }: Pick<Order<unknown>, 'context' | 'voice'>,
  ) {
    this.clock = context.clock
    const consumer = openConsumer({ client, settings, context, voice, assign: (parts) => fromEnds(parts, ends) })
    this.consumer = consumer
    this.delivery = new Delivery(collector(this.arrived), {
      ...settings,
      maxRecords: Infinity,
      isStopped: () => consumer.isStopped,
    })
    context.signal.addEventListener('abort', () => consumer.stop(), { once: true })
  }

  /**
   * The records that have come since the last call: one at least, unless the signal was raised. Throws EnvironmentError
   * when none comes.
   */
  async next(): Promise<readonly Message[]> {
    const deadlineMs = this.clock.now() + TIMEOUT_MS
    while (this.arrived.length === 0) {
      const records = await this.consumer.next(deadlineMs)
      if (this.consumer.isStopped) return []
      if (!records) throw new EnvironmentError(`The record that was sent has not come back within ${TIMEOUT_MS} ms`)
      await this.delivery.deliver(records)
      this.consumer.release(records)
    }
    return this.arrived.splice(0)
  }

  async close(): Promise<void> {
    await this.consumer.close(true)
  }
}

/** Adds the partitions as soon as their leaders are known. */
function fromEnds({ reader }: ConsumerParts, ends: readonly FoundOffset[]): Assignment {
  return {
    topics: () => [...new Set(ends.map(({ topic }) => topic))],
    onMetadata() {
      for (const { offset, ...partition } of ends) {
        if (!reader.has(partition)) reader.add(partition, { offset })
      }
      return false
    },
    pump: () => Infinity,
    close: async () => {},
  }
}

function collector(messages: Message[]): RecordSink {
  const part = ({ body }: RecordReader, start: number, length: number): Buffer | null =>
    length < 0 ? null : Buffer.from(body.subarray(start, start + length))
  return {
    batch() {},
    record: (record) =>
      void messages.push({
        key: part(record, record.keyStart, record.keyLength),
        value: part(record, record.valueStart, record.valueLength),
        headers: record.headers().map(({ key, value }) => ({ key, value: value && Buffer.from(value) })),
      }),
    endBatch() {},
    ready: () => undefined,
  }
}
