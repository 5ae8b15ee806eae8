import type { Clock } from '../../clock.ts'
import { KafkaError } from '../../errors.ts'
import { isRetriable } from '../../protocol/errors.ts'
import type { Hindrances } from '../hindrances.ts'
import type { KafkaClient } from '../types.ts'
import { backoffMs, withJitter } from '../retry.ts'
import type { Batch } from './partition.ts'
import type { BatchPool } from './batch-pool.ts'
import type { Answer } from './produce-request.ts'
import type { ProducerSettings } from './settings.ts'
import { asksForMetadata, outcomeOf, type Outcome } from './batch-outcome.ts'

interface Parts {
  readonly client: KafkaClient
  readonly settings: ProducerSettings
  readonly clock: Clock
  readonly pool: BatchPool
  readonly hindrances: Hindrances
  readonly random?: (() => number) | undefined
  onStale(): void
  onSent(batch: Batch): void
  /** `numbers` must not be kept. */
  onFailed(batch: Batch, numbers: Float64Array, error: KafkaError): void
  /** Memory has come free, and a batch less is on its way. */
  onFreed(): void
}

/** What follows from the answers to batches: done, tried again, split, or given up and reported. */
export class BatchCompletion {
  constructor(private readonly parts: Parts) {}

  complete(batch: Batch, answer: Answer): void {
    batch.partition.land(batch)
    if (asksForMetadata(answer.error)) this.followLeader(batch, answer)
    this.act(this.outcome(batch, answer), batch, answer)
  }

  /** Reports every record of a batch as failed; the batch must not be in its partition any more. */
  fail(batch: Batch, error: KafkaError, isLost = false): void {
    this.parts.onFailed(batch, batch.recordNumbers(), error)
    this.free(batch, isLost)
  }

  private outcome(batch: Batch, answer: Answer): Outcome {
    const { settings, clock } = this.parts
    const isInTime = clock.now() - batch.createdAt < settings.deliveryTimeoutMs
    return outcomeOf(answer.error, {
      recordsCount: batch.count,
      invalidRecords: answer.invalid.size,
      isIdempotent: settings.isIdempotent,
      isTransactional: settings.transactionalId !== null,
      isFirst: batch.partition.isFirst(batch),
      mayRetry: isInTime && batch.attempts < settings.retries,
    })
  }

  private act(outcome: Outcome, batch: Batch, answer: Answer): void {
    const { partition } = batch
    switch (outcome) {
      case 'done':
        this.parts.hindrances.pass(partition)
        this.parts.onSent(batch)
        return this.free(batch, answer.isLost)
      case 'wait':
        return partition.requeue(batch)
      case 'renumber':
        partition.markGap()
        return this.retry(batch, answer)
      case 'retry':
        return this.retry(batch, answer)
      case 'split':
        partition.topic.shrinkBatches(batch.sizeInBytes)
        return this.replace(batch, batch.split(Math.ceil(batch.sizeInBytes / 2)))
      case 'prune':
        partition.markGap()
        this.reportInvalid(batch, answer)
        return this.replace(
          batch,
          batch.split(batch.capacity, (index) => !answer.invalid.has(index)),
        )
      case 'fail':
        // A retriable error leaves open whether the batch was stored: the next answer will tell.
        if (!isRetriable(answer.error)) partition.markGap()
        return this.fail(batch, errorOf(answer), answer.isLost)
    }
  }

  private retry(batch: Batch, { error, message, isLost }: Answer): void {
    const { settings, clock, random, hindrances } = this.parts
    // Of a request that was lost the sender has more to tell.
    if (!isLost)
      hindrances.meet(
        batch.partition,
        `${batch.partition.name}: ${message === null ? error : `${message} (${error})`}`,
        { atOnce: false, news: `${batch.partition.topic.name}: ${error}` },
      )
    batch.attempts += 1
    const delayMs = backoffMs(batch.attempts, settings.retryBackoffMs, settings.retryBackoffMaxMs)
    batch.readyAt = clock.now() + withJitter(delayMs, random)
    batch.partition.requeue(batch)
  }

  /** Puts parts of a batch in its place. */
  private replace(batch: Batch, parts: Batch[]): void {
    for (const part of parts) this.parts.pool.adopt(part)
    batch.partition.requeue(...parts)
    this.free(batch, false)
  }

  private reportInvalid(batch: Batch, { error, message, invalid }: Answer): void {
    for (const [index, reason] of invalid) {
      this.parts.onFailed(
        batch,
        Float64Array.of(batch.numberOf(index)),
        new KafkaError(error, reason ?? message ?? error),
      )
    }
  }

  private followLeader({ partition }: Batch, { leaderId, leaderEpoch }: Answer): void {
    if (
      leaderId >= 0 &&
      leaderEpoch > partition.leaderEpoch &&
      this.parts.client.nodes().some(({ nodeId }) => nodeId === leaderId)
    ) {
      partition.leaderId = leaderId
      partition.leaderEpoch = leaderEpoch
    } else this.parts.onStale()
  }

  private free(batch: Batch, isLost: boolean): void {
    this.parts.pool.giveBack(batch, isLost)
    this.parts.onFreed()
  }
}

function errorOf({ error, message, invalid }: Answer): KafkaError {
  const reason = invalid.size === 1 ? [...invalid.values()][0] : null
  return new KafkaError(error, reason ?? message ?? error)
}
