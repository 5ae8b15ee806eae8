import { connectClient } from '../../lib/client/connect.ts'
import { Producer, type ProducerOptions, type ProducerSettings, type TopicWriter } from '../../lib/client/producer/index.ts'
import type { ClientSettings, KafkaClient } from '../../lib/client/types.ts'
import { wait } from '../../lib/client/wait.ts'
import type { Clock } from '../../lib/clock.ts'
import { EnvironmentError } from '../../lib/errors.ts'

interface Parts {
  readonly topic: string
  readonly client: ClientSettings
  readonly settings: ProducerSettings
  readonly clock: Clock
  /** Whether an unreachable cluster is asked again until `max.block.ms` is over, as Java's producer does. */
  readonly isPatient: boolean
  /** Makes the connection; connectClient unless a test says otherwise. */
  readonly connect?: (settings: ClientSettings) => Promise<KafkaClient>
  readonly events: Omit<ProducerOptions, 'clock'>
}

const RECONNECT_MS = 250

/** The topic to produce to, reached for when the first line is there and no sooner. */
export class Target {
  producer: Producer | undefined
  writer: TopicWriter | undefined
  private client: KafkaClient | undefined
  private connecting: Promise<KafkaClient> | undefined

  constructor(private readonly parts: Parts) {}

  /** Begins to connect, so that it is done when `open` wants it; rejects as `open` does. */
  async prepare(): Promise<void> {
    this.connecting ??= this.connect()
    await this.connecting
  }

  /** Throws EnvironmentError when the cluster cannot be reached, KafkaError when it refuses us or the topic. */
  async open(): Promise<TopicWriter> {
    if (this.writer) return this.writer
    const { settings, clock, events, topic } = this.parts
    this.client ??= await this.reach()
    this.producer ??= new Producer(this.client, settings, { ...events, clock })
    return (this.writer = await this.producer.topic(topic))
  }

  private async reach(): Promise<KafkaClient> {
    const { clock, settings, isPatient } = this.parts
    const deadline = clock.now() + settings.maxBlockMs
    for (;;) {
      try {
        return await (this.connecting ??= this.connect())
      } catch (error) {
        if (!isPatient) throw error
        this.connecting = undefined
        if (!(error instanceof EnvironmentError) || clock.now() + RECONNECT_MS > deadline) throw error
        await wait(clock, RECONNECT_MS)
      }
    }
  }

  private connect(): Promise<KafkaClient> {
    return (this.parts.connect ?? connectClient)(this.parts.client)
  }

  async close(): Promise<void> {
    this.producer?.close()
    // One that is still being made is closed when it is there.
    this.connecting?.then((client) => client.close()).catch(() => {})
    await this.client?.close()
  }
}
