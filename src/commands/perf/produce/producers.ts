import type { Hindrances } from '../../../lib/client/hindrances.ts'
import { MeteredClient } from '../../../lib/client/metered-client.ts'
import { Producer, type ProducerSettings } from '../../../lib/client/producer/index.ts'
import type { KafkaClient } from '../../../lib/client/types.ts'
import { KafkaError } from '../../../lib/errors.ts'
import { connect } from '../../../lib/work/cluster.ts'
import type { Located } from '../../../lib/work/command.ts'
import type { Metrics } from '../metrics.ts'
import type { Failures, Load } from './load.ts'
import { producerMetrics } from './report.ts'
import type { PayloadsFor, Payloads } from './payloads.ts'
import type { Sending } from './settings.ts'

export interface ProducersOptions extends Sending {
  readonly topic: string
  readonly load: Load
  readonly failures: Failures
  readonly hindrances: Hindrances
}

/** The producers of a load, each with connections of its own. */
export class Producers {
  private readonly startMs: number
  private readonly clients: MeteredClient[] = []
  private readonly producers = new Set<Producer>()

  constructor(
    private readonly options: ProducersOptions,
    private readonly located: Located<unknown>,
  ) {
    this.startMs = located.context.clock.now()
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
      if (this.located.context.style !== 'drop-in' || !(error instanceof KafkaError)) throw error
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
    const { context, voice } = this.located
    const { clock } = context
    const producer = new Producer(client, settings, { ...load.events, clock, hindrances, onNotice: voice.say })
    this.producers.add(producer)
    try {
      await load.send(producer, await producer.topic(topic), records, payloads)
    } finally {
      this.producers.delete(producer)
      producer.close()
    }
  }

  private async connect(): Promise<KafkaClient> {
    const { options, located } = this
    const client = new MeteredClient(await connect(located, { ...options, warn() {} }), located.context.clock)
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
    const { topic, failures, properties, clientId } = this.options
    return producerMetrics(this.clients, {
      clientId: properties.get('client.id') ?? clientId,
      topic,
      sent,
      elapsedMs,
      failed: failures.count,
      startMs: this.startMs,
    })
  }
}
