import type { Clock } from '../../clock.ts'
import { EnvironmentError, KafkaError } from '../../errors.ts'
import type { Api, ApiId } from '../../protocol/api.ts'
import { errorName, isRetriable } from '../../protocol/errors.ts'
import type { Fields, Input, Message } from '../../protocol/schema.ts'
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
}

export interface Question<Q extends Fields, S extends Fields> {
  readonly who: Who
  readonly api: Api<Q, S>
  readonly request: Input<Message<Q>>
  /** All error codes of an answer. */
  codes(answer: Message<S>): readonly number[]
  readonly maxVersion?: number | undefined
}

/** The end of the transaction before is still being written: that takes milliseconds (TransactionManager.ADD_PARTITIONS_RETRY_BACKOFF_MS). */
const CONCURRENT_MS = 20

const MOVED: ReadonlySet<string> = new Set(['NOT_COORDINATOR', 'COORDINATOR_NOT_AVAILABLE', 'REQUEST_TIMED_OUT'])

/** Requests of a transactional producer to coordinators, wherever those are: asked again until they have an answer. */
export class Coordinators {
  private readonly nodes = new Map<string, number>()

  constructor(private readonly parts: Parts) {}

  /**
   * Asks until the answer holds no error, for `max.block.ms` at most. Throws KafkaError for one that asking again does not mend,
   * and EnvironmentError or KafkaError for the last one when the time is over.
   */
  async ask<Q extends Fields, S extends Fields>(question: Question<Q, S>): Promise<Message<S>> {
    const { clock, settings } = this.parts
    const deadline = clock.now() + settings.maxBlockMs
    for (let failures = 1; ; failures += 1) {
      const answer = await this.attempt(question)
      if (!(answer instanceof Error)) return answer
      if (answer instanceof KafkaError && !isRetriable(answer.code)) throw answer
      const isConcurrent = answer instanceof KafkaError && answer.code === 'CONCURRENT_TRANSACTIONS'
      const delayMs = isConcurrent ? CONCURRENT_MS : backoffMs(failures, settings.retryBackoffMs, settings.retryBackoffMaxMs)
      if (clock.now() + delayMs > deadline) throw answer
      await wait(clock, delayMs)
    }
  }

  /** The version of an API that its coordinator knows. */
  async version(who: Who, api: ApiId): Promise<number> {
    return this.parts.client.version(api, await this.find(who))
  }

  private async attempt<Q extends Fields, S extends Fields>(question: Question<Q, S>): Promise<Message<S> | KafkaError | EnvironmentError> {
    const { who, api, request, codes, maxVersion } = question
    try {
      const nodeId = await this.find(who)
      const answer = await this.parts.client.send(api, request, { nodeId, maxVersion })
      const errors = codes(answer).filter((code) => code !== 0).map(errorName)
      // One that is final counts for more than those that pass.
      const error = errors.find((name) => !isRetriable(name)) ?? errors[0]
      if (error === undefined) return answer
      if (MOVED.has(error)) this.forget(who)
      return new KafkaError(error, `${api.name}: ${error}`)
    } catch (error) {
      if (error instanceof EnvironmentError) this.forget(who)
      if (error instanceof EnvironmentError || error instanceof KafkaError) return error
      throw error
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
