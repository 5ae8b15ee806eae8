import type { Clock } from '../../clock.ts'
import { EnvironmentError, KafkaError } from '../../errors.ts'
import type { Api, ApiId } from '../../protocol/api.ts'
import { errorName, isRetriable } from '../../protocol/errors.ts'
import type { Fields, Input, Message } from '../../protocol/schema.ts'
import type { Hindrances } from '../hindrances.ts'
import type { KafkaClient } from '../types.ts'
import { wait } from '../wait.ts'
import { backoffMs } from './backoff.ts'
import type { ProducerSettings } from './settings.ts'

/** Who is asked: the coordinator of a transactional id, or that of a group. */
export interface Who {
  readonly type: 'transaction' | 'group'
  readonly key: string
}

interface Parts {
  readonly client: KafkaClient
  readonly settings: ProducerSettings
  readonly clock: Clock
  readonly hindrances: Hindrances
}

export interface Question<Q extends Fields, S extends Fields> {
  readonly who: Who
  readonly api: Api<Q, S>
  readonly request: Input<Message<Q>>
  /** All error codes of an answer. */
  codes(answer: Message<S>): readonly number[]
  readonly maxVersion?: number | undefined
}

type Outcome<T> = { readonly answer: T; readonly error?: undefined } | { readonly error: KafkaError | EnvironmentError }

/**
 * The end of the transaction before is still being written: that takes milliseconds
 * (TransactionManager.ADD_PARTITIONS_RETRY_BACKOFF_MS).
 */
const CONCURRENT_MS = 20

const MOVED: ReadonlySet<string> = new Set(['NOT_COORDINATOR', 'COORDINATOR_NOT_AVAILABLE', 'REQUEST_TIMED_OUT'])

/** Requests of a transactional producer to coordinators, wherever those are: asked again until they have an answer. */
export class Coordinators {
  private readonly nodes = new Map<string, number>()
  /** Set when nothing more is to be asked: whatever fails then fails with this. */
  private closed: KafkaError | undefined

  constructor(private readonly parts: Parts) {}

  /**
   * Asks until the answer holds no error, for `max.block.ms` at most. Throws KafkaError for one that asking again does
   * not mend, and EnvironmentError or KafkaError for the last one when the time is over, or nothing more is to be
   * asked.
   */
  async ask<Q extends Fields, S extends Fields>(question: Question<Q, S>): Promise<Message<S>> {
    return this.persist(() => this.attempt(question))
  }

  /** From now on the first failure is the last, and this is its reason. */
  close(reason: KafkaError): void {
    this.closed = reason
  }

  /** The version of an API that its coordinator knows; throws as `ask` does. */
  async version(who: Who, api: ApiId): Promise<number> {
    return this.persist(() => this.atCoordinator(who, (nodeId) => this.parts.client.version(api, nodeId)))
  }

  private attempt<Q extends Fields, S extends Fields>({
    who,
    api,
    request,
    codes,
    maxVersion,
  }: Question<Q, S>): Promise<Outcome<Message<S>>> {
    return this.atCoordinator(who, async (nodeId) => {
      const answer = await this.parts.client.send(api, request, { nodeId, maxVersion })
      const errors = codes(answer)
        .filter((code) => code !== 0)
        .map(errorName)
      // One that is final counts for more than those that pass.
      const error = errors.find((name) => !isRetriable(name)) ?? errors[0]
      if (error === undefined) return answer
      if (MOVED.has(error)) this.forget(who)
      throw new KafkaError(error, `${api.name}: ${error}`)
    })
  }

  private async atCoordinator<T>(who: Who, work: (nodeId: number) => Promise<T>): Promise<Outcome<T>> {
    try {
      return { answer: await work(await this.find(who)) }
    } catch (error) {
      if (error instanceof EnvironmentError) this.forget(who)
      if (error instanceof EnvironmentError || error instanceof KafkaError) return { error }
      throw error
    }
  }

  private async persist<T>(attempt: () => Promise<Outcome<T>>): Promise<T> {
    const { clock, settings, hindrances } = this.parts
    const deadline = clock.now() + settings.maxBlockMs
    try {
      for (let failures = 1; ; failures += 1) {
        const outcome = await attempt()
        if (!outcome.error) return outcome.answer
        if (this.closed) throw this.closed
        const { error } = outcome
        const isEnvironment = error instanceof EnvironmentError
        const isConcurrent = !isEnvironment && error.code === 'CONCURRENT_TRANSACTIONS'
        const delayMs = isConcurrent
          ? CONCURRENT_MS
          : backoffMs(failures, settings.retryBackoffMs, settings.retryBackoffMaxMs)
        const isFinal = !isEnvironment && !isRetriable(error.code)
        if (isFinal || clock.now() + delayMs > deadline) throw error
        hindrances.meet(attempt, error.message, { atOnce: isEnvironment })
        await wait(clock, delayMs)
      }
    } finally {
      hindrances.pass(attempt)
    }
  }

  private async find(who: Who): Promise<number> {
    const key = keyOf(who)
    const known = this.nodes.get(key)
    if (known !== undefined) return known
    const nodeId = await this.parts.client.coordinator(who.key, who.type)
    this.nodes.set(key, nodeId)
    return nodeId
  }

  private forget(who: Who): void {
    this.nodes.delete(keyOf(who))
  }
}

const keyOf = ({ type, key }: Who): string => `${type} ${key}`
