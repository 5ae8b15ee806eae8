import type { Clock } from '../../clock.ts'
import { EnvironmentError, KafkaError } from '../../errors.ts'
import type { MetadataResponse } from '../../protocol/apis/metadata.ts'
import { errorName, isRetriable, type ErrorName } from '../../protocol/errors.ts'
import { asFailure, backoffMs, isTransient } from '../retry.ts'
import type { KafkaClient } from '../types.ts'
import type { ConsumerSettings } from './settings.ts'

export interface KnownPartition {
  readonly topicId: string
  readonly leaderId: number
  readonly leaderEpoch: number
}

export interface KnownTopic {
  readonly name: string
  readonly isInternal: boolean
  readonly partitions: ReadonlyMap<number, KnownPartition>
}

/** What to ask metadata for: some topics, or all of them (null). */
export type Topics = readonly string[] | null

interface Listener {
  /** Fresh metadata has come. True when what is to be read is not all there yet. */
  onMetadata(): boolean
  /** Metadata did not come; another try is planned. */
  onChange(): void
  onFailure(error: unknown): void
  /** A topic that is to be read is not there, and is waited for. */
  onMissing(topic: MissingTopic): void
  /** Metadata does not come, or has come again. */
  hinder: Hinder
  free(subject: unknown, word?: string): void
}

/** What is said when a broker that was away answers again. */
export const BACK = 'reading on'

export interface MissingTopic {
  readonly name: string
  /** It was there before. */
  readonly isGone: boolean
}

/** Notes what is waited for, and why. See Hindrances.meet. */
export type Hinder = (subject: unknown, cause: string, options?: { outlook?: string; atOnce?: boolean }) => void

type DirectorySettings = Pick<
  ConsumerSettings,
  'allowAutoCreateTopics' | 'metadataMaxAgeMs' | 'retryBackoffMs' | 'retryBackoffMaxMs'
> & {
  /** False where a topic that is not there is an error. */
  readonly waitsForTopics: boolean
}

/** A pattern may meet a new topic soon after the start: the first looks come quickly, then ever more slowly. */
const FIRST_LOOK_MS = 1000

/**
 * What the cluster says of the topics that are being read: renewed when somebody asks for it, while a topic or a leader
 * is missing, and every metadata.max.age.ms.
 */
export class TopicDirectory {
  topics: ReadonlyMap<string, KnownTopic> = new Map()
  /** Times that metadata has come. */
  updates = 0
  private isAsking = false
  private isWanted = true
  private failures = 0
  private gaps = 0
  private dueAtMs = 0
  /** Topics that were asked for and are not there. */
  private readonly missing = new Set<string>()

  constructor(
    private readonly client: Pick<KafkaClient, 'metadata'>,
    private readonly wanted: () => Topics,
    private readonly settings: DirectorySettings,
    private readonly clock: Clock,
    private readonly listener: Listener,
  ) {}

  /** Asks again as soon as the back-off allows. */
  refresh(): void {
    if (this.isWanted) return
    this.isWanted = true
    if (!this.isAsking) this.dueAtMs = Math.min(this.dueAtMs, this.clock.now() + this.backoffMs(this.gaps + 1))
  }

  /** Asks if it is time to; returns when to come back. */
  pump(nowMs: number): number {
    if (this.isAsking) return Infinity
    if (nowMs < this.dueAtMs) return this.dueAtMs
    this.ask().catch((error: unknown) => this.listener.onFailure(error))
    return Infinity
  }

  find(topic: string, partition: number): KnownPartition | undefined {
    return this.topics.get(topic)?.partitions.get(partition)
  }

  private async ask(): Promise<void> {
    this.isAsking = true
    this.isWanted = false
    try {
      const names = this.wanted()
      const response = await this.client.metadata(names, {
        allowAutoTopicCreation: this.settings.allowAutoCreateTopics && this.settings.waitsForTopics,
      })
      const hasGaps = this.take(response, names)
      const isIncomplete = this.listener.onMetadata()
      this.plan(hasGaps || isIncomplete || this.isWanted, names)
    } catch (error) {
      this.retryOrThrow(error)
      this.listener.onChange()
    } finally {
      this.isAsking = false
    }
  }

  /** The connection has been made: a cluster may be away for a while, from the first question on. */
  private retryOrThrow(error: unknown): void {
    const failure = asFailure(error)
    if (!isTransient(failure)) throw failure
    this.failures += 1
    this.dueAtMs = this.clock.now() + this.backoffMs(this.failures)
    this.listener.hinder(this, failure.message, { atOnce: failure instanceof EnvironmentError })
  }

  /** True when another look may find more: a topic that is not there, or that nobody leads. */
  private take(response: MetadataResponse, names: Topics): boolean {
    const topics = new Map<string, KnownTopic>()
    let hasGaps = false
    for (const topic of response.topics) {
      const error = errorName(topic.errorCode)
      if (error !== 'NONE') hasGaps = this.meetGap(topic.name ?? '', error, names) || hasGaps
      if (topic.name === null || topic.partitions.length === 0) continue
      if (topic.partitions.some(({ leaderId }) => leaderId < 0)) hasGaps = true
      topics.set(topic.name, known(topic.name, topic))
    }
    for (const name of topics.keys()) this.missing.delete(name)
    this.topics = topics
    this.updates += 1
    this.listener.free(this, BACK)
    this.failures = 0
    return hasGaps
  }

  /** A topic that cannot be read now: true when another look may help. */
  private meetGap(name: string, error: ErrorName, names: Topics): boolean {
    if (names === null) return isRetriable(error)
    if (!isRetriable(error)) throw new KafkaError(error, `Cannot read topic "${name}": ${describe(error)}`)
    if (error === 'UNKNOWN_TOPIC_OR_PARTITION') this.meetAbsence(name, error)
    return true
  }

  private meetAbsence(name: string, error: ErrorName): void {
    if (!this.settings.waitsForTopics)
      return this.listener.onFailure(new KafkaError(error, `Topic "${name}" does not exist (${error})`))
    if (this.missing.has(name)) return
    this.missing.add(name)
    this.listener.onMissing({ name, isGone: this.topics.has(name) })
  }

  private plan(isSoon: boolean, names: Topics): void {
    const { metadataMaxAgeMs } = this.settings
    this.gaps = isSoon ? this.gaps + 1 : 0
    const ageMs = isSoon
      ? this.backoffMs(this.gaps)
      : names === null
        ? Math.min(FIRST_LOOK_MS * 2 ** Math.min(this.updates - 1, 20), metadataMaxAgeMs)
        : metadataMaxAgeMs
    this.dueAtMs = this.clock.now() + ageMs
  }

  private backoffMs(failures: number): number {
    return backoffMs(failures, this.settings.retryBackoffMs, this.settings.retryBackoffMaxMs)
  }
}

const REASONS: Readonly<Partial<Record<ErrorName, string>>> = {
  INVALID_TOPIC_EXCEPTION: 'the name is not valid (letters, digits, ".", "_" and "-", at most 249)',
  TOPIC_AUTHORIZATION_FAILED: 'this user may not describe it',
}

const describe = (error: ErrorName): string => (REASONS[error] === undefined ? error : `${REASONS[error]} (${error})`)

function known(name: string, topic: MetadataResponse['topics'][number]): KnownTopic {
  const { topicId, isInternal } = topic
  const partitions = topic.partitions
    .map(({ partitionIndex, leaderId, leaderEpoch }) => [partitionIndex, { topicId, leaderId, leaderEpoch }] as const)
    .sort(([a], [b]) => a - b)
  return { name, isInternal, partitions: new Map(partitions) }
}
