import { connectClient } from '../../../lib/client/connect.ts'
import type { Hindrances } from '../../../lib/client/hindrances.ts'
import { MeteredClient } from '../../../lib/client/metered-client.ts'
import { Producer, type ProducerSettings } from '../../../lib/client/producer/index.ts'
import type { KafkaClient } from '../../../lib/client/types.ts'
import type { Context } from '../../../lib/command/define.ts'
import { KafkaError } from '../../../lib/errors.ts'
import type { Metrics } from '../metrics.ts'
import type { PayloadsFor } from './choose-payloads.ts'
import type { Failures } from './failures.ts'
import type { Load } from './load.ts'
import { producerMetrics } from './metrics.ts'
import type { Payloads } from './payloads.ts'
import type { ProducerClient } from './settings.ts'
import { say } from '../../../lib/output/say.ts'

export interface CrewOptions extends ProducerClient {
  readonly topic: string
  readonly load: Load
  readonly failures: Failures
  readonly hindrances: Hindrances
}

/** The producers of a load, each with connections of its own. */
export class Crew {
  private readonly startMs: number
  private readonly clients: MeteredClient[] = []
  private readonly producers = new Set<Producer>()

  constructor(
    private readonly options: CrewOptions,
    private readonly context: Pick<Context, 'clock' | 'style' | 'stderr' | 'program'>,
  ) {
    this.startMs = context.clock.now()
  }

  /**
   * Lets each producer send its share. Throws EnvironmentError when the cluster is out of reach; under `kts` KafkaError
   * when the topic is.
   */
  async send(shares: readonly number[], payloadsFor: PayloadsFor): Promise<void> {
    await Promise.all(
      shares.map((records, producer) =>
        this.sendShare(records, payloadsFor(producer), this.settingsOf(producer, shares.length)),
      ),
    )
  }

  /** Producers of the same transactional id would shut each other out. */
  private settingsOf(producer: number, producers: number): ProducerSettings {
    const { settings } = this.options
    const { transactionalId } = settings
    return transactionalId === null || producers === 1
      ? settings
      : { ...settings, transactionalId: `${transactionalId}-${producer + 1}` }
  }

  private async sendShare(records: number, payloads: Payloads, settings: ProducerSettings): Promise<void> {
    const client = await this.connect()
    try {
      await this.sendThrough(client, records, payloads, settings)
    } catch (error) {
      // Apache's tool takes a topic that it cannot have for so many records that fail.
      if (this.context.style !== 'drop-in' || !(error instanceof KafkaError)) throw error
      this.options.failures.add(records, error)
    } finally {
      await client.close()
    }
  }

  private async sendThrough(
    client: KafkaClient,
    records: number,
    payloads: Payloads,
    settings: ProducerSettings,
  ): Promise<void> {
    const { topic, load, hindrances } = this.options
    const { clock, stderr, program } = this.context
    const onNotice = (sentence: string): void => void say({ stderr, program }, sentence)
    const producer = new Producer(client, settings, { ...load.events, clock, hindrances, onNotice })
    this.producers.add(producer)
    try {
      await load.send(producer, await producer.topic(topic), records, payloads)
    } finally {
      this.producers.delete(producer)
      producer.close()
    }
  }

  private async connect(): Promise<KafkaClient> {
    const {
      options: { hindrances },
      context: { clock },
    } = this
    const client = new MeteredClient(await connectClient(this.options.client, { clock, hindrances }), clock)
    this.clients.push(client)
    return client
  }

  /** How many records have been handed over and not been answered. */
  get waitingRecords(): number {
    return [...this.producers].reduce((count, producer) => count + producer.waitingRecords, 0)
  }

  /** Fails everything that waits with this error. */
  giveUp(error: KafkaError): void {
    for (const producer of this.producers) producer.giveUp(error)
    for (const client of this.clients) void client.close()
  }

  /** What the producers have counted. */
  metrics(sent: number, elapsedMs: number): Metrics {
    const { topic, failures, client } = this.options
    const clientId = client.properties.get('client.id') ?? client.clientId
    return producerMetrics(this.clients, {
      clientId,
      topic,
      sent,
      elapsedMs,
      failed: failures.count,
      startMs: this.startMs,
    })
  }
}
