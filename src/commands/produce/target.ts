import { connectClient } from '../../lib/client/connect.ts'
import {
  Producer,
  type ProducerOptions,
  type ProducerSettings,
  type TopicWriter,
} from '../../lib/client/producer/index.ts'
import type { Hindrances } from '../../lib/client/hindrances.ts'
import type { ClientSettings, KafkaClient } from '../../lib/client/types.ts'
import { wait } from '../../lib/clock.ts'
import type { Context } from '../../lib/command/define.ts'
import { NearNames, withNearTopic } from '../../lib/work/near-names.ts'
import { EnvironmentError, type KafkaError } from '../../lib/errors.ts'
import type { Destination } from './line-sender.ts'

interface Parts {
  /** Undefined where lines name their topics. */
  readonly topic: string | undefined
  readonly client: ClientSettings
  readonly settings: ProducerSettings
  readonly context: Pick<Context, 'style' | 'clock'>
  /** Makes the connection; connectClient unless a test says otherwise. */
  readonly connect?: typeof connectClient
  readonly hindrances: Hindrances
  readonly events: Omit<ProducerOptions, 'clock' | 'hindrances'>
}

const RECONNECT_MS = 250

/** What is produced to, reached for when the first line is there and no sooner. */
export class Target {
  producer: Producer | undefined
  /** What has been reached. */
  destination: Destination | undefined
  private client: KafkaClient | undefined
  private connecting: Promise<KafkaClient> | undefined

  constructor(private readonly parts: Parts) {}

  /** Begins to connect, so that it is done when `open` wants it; rejects as `open` does. */
  async prepare(): Promise<void> {
    this.connecting ??= this.connect()
    await this.connecting
  }

  /** Throws EnvironmentError when the cluster cannot be reached, KafkaError when it refuses us or the topic. */
  async open(): Promise<Destination> {
    if (this.destination) return this.destination
    const {
      settings,
      context: { clock },
      hindrances,
      events,
      topic,
    } = this.parts
    this.client ??= await this.reach()
    const producer = (this.producer ??= new Producer(this.client, settings, { ...events, clock, hindrances }))
    return (this.destination = { producer, writer: topic === undefined ? undefined : await this.topic(topic) })
  }

  /** Another topic, once `open` has reached the cluster; see Producer.topic for the errors. */
  async topic(name: string): Promise<TopicWriter> {
    try {
      return await this.producer!.topic(name)
    } catch (error) {
      throw await withNearTopic(error, name, this.client!, this.parts.context)
    }
  }

  /** `; did you mean retail?`, or nothing; the cluster may make the topic meanwhile. */
  async nearTopic(name: string): Promise<string> {
    const near = await new NearNames(this.client!, this.parts.context).find('topic', name)
    return near === undefined ? '' : `; did you mean ${near}?`
  }

  /**
   * Under Apache's name an unreachable cluster is asked again until `max.block.ms` is over, as Java's producer does.
   */
  private async reach(): Promise<KafkaClient> {
    const {
      context: { clock, style },
      settings,
    } = this.parts
    const deadline = clock.now() + settings.maxBlockMs
    for (;;) {
      try {
        return await (this.connecting ??= this.connect())
      } catch (error) {
        if (style === 'kts') throw error
        this.connecting = undefined
        if (!(error instanceof EnvironmentError) || clock.now() + RECONNECT_MS > deadline) throw error
        await wait(clock, RECONNECT_MS)
      }
    }
  }

  private async connect(): Promise<KafkaClient> {
    const {
      client,
      connect = connectClient,
      hindrances,
      context: { clock, style },
      settings: { maxBlockMs },
    } = this.parts
    try {
      const connected = await connect(client, { clock, hindrances })
      hindrances.pass(this)
      return connected
    } catch (error) {
      // Under kts it is the end.
      if (style === 'drop-in' && error instanceof EnvironmentError)
        hindrances.meet(this, error.message, { outlook: `trying for ${maxBlockMs / 1000} s` })
      throw error
    }
  }

  /** Fails everything that has not been sent, on its way or not, with this error. */
  async giveUp(error: KafkaError): Promise<void> {
    this.producer?.giveUp(error)
    await this.client?.close()
  }

  async close(): Promise<void> {
    this.producer?.close()
    // One that is still being made is closed when it is there.
    this.connecting?.then((client) => client.close()).catch(() => {})
    await this.client?.close()
  }
}
