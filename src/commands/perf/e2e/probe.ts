import { listOffsets, OFFSET_SPECS, type FoundOffset } from '../../../lib/client/admin/list-offsets.ts'
import { asKafkaError } from '../../../lib/client/admin/item-error.ts'
import { consumerSettings } from '../../../lib/client/consumer/index.ts'
import type { Hindrances } from '../../../lib/client/hindrances.ts'
import { encodeHeaders } from '../../../lib/protocol/records/index.ts'
import { parseProducerSettings, Producer, type TopicWriter } from '../../../lib/client/producer/index.ts'
import type { ClientProperties, KafkaClient } from '../../../lib/client/types.ts'
import type { Context } from '../../../lib/command/define.ts'
import { EnvironmentError, type KafkaError } from '../../../lib/errors.ts'
import { EndReader } from './end-reader.ts'
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
  static async open(client: KafkaClient, options: ProbeOptions, context: Context): Promise<Probe> {
    const reader = new EndReader(
      client,
      consumerSettings(options.properties),
      await endsOf(client, options.topic, context),
      context,
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
