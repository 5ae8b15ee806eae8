import type { Clock } from '../../clock.ts'
import { EnvironmentError, KafkaError } from '../../errors.ts'
import { errorName, type ErrorName } from '../../protocol/errors.ts'
import type { Hindrances } from '../hindrances.ts'
import { asFailure, backoffMs, isTransient, retry, withJitter, type Failure } from '../retry.ts'
import type { KafkaClient } from '../types.ts'
import type { Partition } from './partition.ts'
import type { ProducerSettings } from './settings.ts'
import { Topic, type TopicMetadata } from './topic.ts'

interface Parts {
  readonly client: KafkaClient
  readonly settings: ProducerSettings
  readonly clock: Clock
  readonly hindrances: Hindrances
  /** Leaders may have changed. */
  onUpdate(): void
  /** Something that a person may want to know of a topic meanwhile. */
  onNotice(sentence: string, topic: string): void
  onBroken(error: unknown): void
}

/** The topics that are produced to, and what metadata says of them. */
export class Topics {
  private readonly known = new Map<string, Topic>()
  private isRefreshing = false
  private failures = 0
  private isClosed = false

  constructor(private readonly parts: Parts) {}

  *partitions(): Generator<Partition> {
    for (const topic of this.known.values()) yield* topic.partitions
  }

  /**
   * The topic, once the cluster knows it: brokers may make it on the way (auto.create.topics.enable). Throws KafkaError
   * when it is refused or not there within `max.block.ms`, EnvironmentError when the cluster cannot be reached for as
   * long.
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
    const { clock, settings, hindrances, onNotice } = this.parts
    // The first question creates nothing, so that a mistyped name does not go by in silence.
    let mayCreate = false
    const ask = async (): Promise<TopicMetadata> => {
      try {
        return await this.ask(name, mayCreate)
      } catch (error) {
        if (mayCreate || !(error instanceof KafkaError && isTransient(error))) throw error
        mayCreate = true
        onNotice(`topic ${name} is not there yet (${error.code}): asking the cluster to create it`, name)
        return this.ask(name, mayCreate)
      }
    }
    const delayMs = (failures: number): number => (this.isClosed ? Infinity : this.pauseMs(failures))
    try {
      return await retry(ask, { clock, hindrances, timeoutMs: settings.maxBlockMs, delayMs })
    } catch (error) {
      if (!(error instanceof KafkaError && isTransient(error))) throw error
      throw new KafkaError(
        error.code,
        `topic ${name} is not there after ${settings.maxBlockMs} ms (max.block.ms): create it first`,
      )
    }
  }

  private async ask(name: string, mayCreate: boolean): Promise<TopicMetadata> {
    const { topics } = await this.parts.client.metadata([name], { allowAutoTopicCreation: mayCreate })
    const metadata = topics.find((topic) => topic.name === name) ?? topics[0]
    if (!metadata) throw new EnvironmentError(`the cluster has not answered for topic ${name}`)
    const error = errorName(metadata.errorCode)
    if (error !== 'NONE') throw new KafkaError(error, `topic ${name}: ${error}`)
    if (metadata.partitions.length > 0) return metadata
    throw new KafkaError('LEADER_NOT_AVAILABLE', `topic ${name} has no partitions yet`)
  }

  private pauseMs(failures: number): number {
    const { retryBackoffMs, retryBackoffMaxMs } = this.parts.settings
    return withJitter(backoffMs(failures, retryBackoffMs, retryBackoffMaxMs))
  }

  /** Renews what is known of all topics, one request at a time, with a pause after it. */
  refresh(): void {
    if (this.isRefreshing || this.isClosed || this.known.size === 0) return
    this.isRefreshing = true
    this.renew().catch((error: unknown) => this.parts.onBroken(error))
  }

  private async renew(): Promise<void> {
    const { clock, hindrances, onUpdate } = this.parts
    const error = await this.update()
    this.failures = error ? this.failures + 1 : 1
    // Metadata that only grows old keeps nobody waiting.
    const isWanted = [...this.partitions()].some(({ isIdle }) => !isIdle)
    // With a leader that is lost metadata is hard to have as well: that is the same news.
    if (error && isWanted && !hindrances.isTold) hindrances.meetFailure(this, error)
    else if (!error) hindrances.pass(this)
    onUpdate()
    clock.after(this.pauseMs(this.failures), () => {
      this.isRefreshing = false
      onUpdate()
    })
  }

  /** Why nobody answers; then nothing changes. */
  private async update(): Promise<Failure | null> {
    try {
      const { topics } = await this.parts.client.metadata([...this.known.keys()], { allowAutoTopicCreation: true })
      for (const metadata of topics) {
        const topic = this.known.get(metadata.name ?? '')
        if (metadata.errorCode === 0) topic?.update(metadata)
        else topic?.lose()
        if (topic) this.noteLeaders(topic, errorName(metadata.errorCode))
      }
      return null
    } catch (error) {
      return asFailure(error)
    }
  }

  private noteLeaders({ partitions }: Topic, error: ErrorName): void {
    const { hindrances } = this.parts
    for (const partition of partitions) {
      if (partition.leaderId >= 0) hindrances.pass(partition.name)
      else if (!partition.isIdle) {
        const cause =
          error === 'NONE' ? `${partition.name} has no leader at the moment` : `topic ${partition.topic.name}: ${error}`
        hindrances.meet(partition.name, cause, { atOnce: false, news: `${partition.topic.name}: ${error}` })
      }
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
