import type { Clock } from '../../clock.ts'
import { KafkaError } from '../../errors.ts'
import type { Api, ApiId } from '../../protocol/api.ts'
import { errorName, isRetriable } from '../../protocol/errors.ts'
import type { Fields, Input, Message } from '../../protocol/schema.ts'
import type { Coordinator } from '../coordinator.ts'
import type { Hindrances } from '../hindrances.ts'
import { asFailure, backoffMs, retry, withJitter } from '../retry.ts'
import type { ProducerSettings } from './settings.ts'

interface Parts {
  readonly settings: ProducerSettings
  readonly clock: Clock
  readonly hindrances: Hindrances
}

export interface Question<Q extends Fields, S extends Fields> {
  readonly coordinator: Coordinator
  readonly api: Api<Q, S>
  readonly request: Input<Message<Q>>
  /** All error codes of an answer. */
  codes(answer: Message<S>): readonly number[]
  readonly maxVersion?: number | undefined
}

/**
 * The end of the transaction before is still being written: that takes milliseconds
 * (TransactionManager.ADD_PARTITIONS_RETRY_BACKOFF_MS).
 */
const CONCURRENT_MS = 20

const MOVED: ReadonlySet<string> = new Set(['NOT_COORDINATOR', 'COORDINATOR_NOT_AVAILABLE', 'REQUEST_TIMED_OUT'])

/** Requests of a transactional producer to coordinators: asked again until they have an answer. */
export class Coordinators {
  /** Set when nothing more is to be asked: whatever fails then fails with this. */
  private closed: KafkaError | undefined

  constructor(private readonly parts: Parts) {}

  /**
   * Asks until the answer holds no error, for `max.block.ms` at most. Throws KafkaError for one that asking again does
   * not mend, and EnvironmentError or KafkaError for the last one when the time is over, or nothing more is to be
   * asked.
   */
  async ask<Q extends Fields, S extends Fields>(question: Question<Q, S>): Promise<Message<S>> {
    return this.persist(() => attempt(question))
  }

  /** From now on the first failure is the last, and this is its reason. */
  close(reason: KafkaError): void {
    this.closed = reason
  }

  /** The version of an API that a coordinator knows; throws as `ask` does. */
  async version(coordinator: Coordinator, api: ApiId): Promise<number> {
    return this.persist(() => coordinator.version(api))
  }

  private async persist<T>(work: () => Promise<T>): Promise<T> {
    const { clock, settings, hindrances } = this.parts
    const delayMs = (failures: number, failure: Error): number => {
      if (this.closed) return Infinity
      return failure instanceof KafkaError && failure.code === 'CONCURRENT_TRANSACTIONS'
        ? CONCURRENT_MS
        : withJitter(backoffMs(failures, settings.retryBackoffMs, settings.retryBackoffMaxMs))
    }
    try {
      return await retry(work, { clock, hindrances, timeoutMs: settings.maxBlockMs, delayMs })
    } catch (error) {
      const failure = asFailure(error)
      throw this.closed ?? failure
    }
  }
}

async function attempt<Q extends Fields, S extends Fields>({
  coordinator,
  api,
  request,
  codes,
  maxVersion,
}: Question<Q, S>): Promise<Message<S>> {
  const answer = await coordinator.send(api, request, { maxVersion })
  const errors = codes(answer)
    .filter((code) => code !== 0)
    .map(errorName)
  // One that is final counts for more than those that pass.
  const error = errors.find((name) => !isRetriable(name)) ?? errors[0]
  if (error === undefined) return answer
  if (MOVED.has(error)) coordinator.forget()
  throw new KafkaError(error, `${api.name}: ${error}`)
}
