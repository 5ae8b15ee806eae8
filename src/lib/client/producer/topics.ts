import type { Clock } from '../../clock.ts'
import { EnvironmentError, KafkaError } from '../../errors.ts'
import { errorName, isRetriable } from '../../protocol/errors.ts'
import type { KafkaClient } from '../types.ts'
import { wait } from '../wait.ts'
import { backoffMs } from './backoff.ts'
import type { Partition } from './partition.ts'
import type { ProducerSettings } from './settings.ts'
import { Topic, type TopicMetadata } from './topic.ts'

interface Parts {
  readonly client: KafkaClient
  readonly settings: ProducerSettings
  readonly clock: Clock
  /** Leaders may have changed. */
  onUpdate(): void
  /** Something that a person may want to know meanwhile. */
  onNotice(sentence: string): void
  onBroken(error: unknown): void
}

/** The topics that are produced to, and what metadata says of them. */
export class Topics {
  private readonly known = new Map<string, Topic>()
  private isRefreshing = false
  private failures = 0
  private isClosed = false

  constructor(private readonly parts: Parts) {}

  * partitions(): Generator<Partition> {
    for (const topic of this.known.values()) yield* topic.partitions
  }

  /**
   * The topic, once the cluster knows it: brokers may make it on the way (auto.create.topics.enable). Throws KafkaError when it
   * is refused or not there within `max.block.ms`, EnvironmentError when the cluster cannot be reached.
   */
  async open(name: string): Promise<Topic> {
    const topic = this.known.get(name) ?? new Topic(name, this.parts.settings)
    if (topic.partitions.length > 0) return topic
    topic.update(await this.await(name))
    if (this.known.size === 0) this.refreshLater()
    this.known.set(name, topic)
    return topic
  }

  private async await(name: string): Promise<TopicMetadata> {
    const { clock, settings } = this.parts
    const deadline = clock.now() + settings.maxBlockMs
    // The first question creates nothing, so that a mistyped name does not go by in silence.
    for (let failures = 0; ; failures += 1) {
      const { error, metadata } = await this.ask(name, { mayCreate: failures > 0 })
      if (error === 'NONE' && metadata.partitions.length > 0) return metadata
      if (!isRetriable(error) && error !== 'NONE') throw new KafkaError(error, `topic ${name}: ${error}`)
      if (failures === 0) {
        this.parts.onNotice(`topic ${name} is not there yet (${error}): asking the cluster to create it`)
        continue
      }
      const delayMs = backoffMs(failures, settings.retryBackoffMs, settings.retryBackoffMaxMs)
      if (clock.now() + delayMs > deadline) {
        throw new KafkaError(error, `topic ${name} is not there after ${settings.maxBlockMs} ms (max.block.ms): create it first`)
      }
      await wait(clock, delayMs)
    }
  }

  private async ask(name: string, { mayCreate }: { mayCreate: boolean }): Promise<{ error: string; metadata: TopicMetadata }> {
    const { topics } = await this.parts.client.metadata([name], { allowAutoTopicCreation: mayCreate })
    const metadata = topics.find((topic) => topic.name === name) ?? topics[0]
    if (!metadata) throw new EnvironmentError(`the cluster has not answered for topic ${name}`)
    return { error: errorName(metadata.errorCode), metadata }
  }

  /** Renews what is known of all topics, one request at a time, with a pause after it. */
  refresh(): void {
    if (this.isRefreshing || this.isClosed || this.known.size === 0) return
    this.isRefreshing = true
    this.renew().catch((error: unknown) => this.parts.onBroken(error))
  }

  private async renew(): Promise<void> {
    const { clock, settings, onUpdate } = this.parts
    this.failures = await this.update() ? 1 : this.failures + 1
    onUpdate()
    clock.after(backoffMs(this.failures, settings.retryBackoffMs, settings.retryBackoffMaxMs), () => {
      this.isRefreshing = false
      onUpdate()
    })
  }

  /** False when nobody answers; then nothing changes. */
  private async update(): Promise<boolean> {
    try {
      const { topics } = await this.parts.client.metadata([...this.known.keys()], { allowAutoTopicCreation: true })
      for (const metadata of topics) {
        const topic = this.known.get(metadata.name ?? '')
        if (metadata.errorCode === 0) topic?.update(metadata)
        else topic?.lose()
      }
      return true
    } catch (error) {
      if (error instanceof EnvironmentError || error instanceof KafkaError) return false
      throw error
    }
  }

  /** Finds new partitions in the course of time (`metadata.max.age.ms`). */
  private refreshLater(): void {
    this.parts.clock.inBackground(Math.max(this.parts.settings.metadataMaxAgeMs, 1000), () => {
      if (this.isClosed) return
      this.refresh()
      this.refreshLater()
    })
  }

  close(): void {
    this.isClosed = true
  }
}
