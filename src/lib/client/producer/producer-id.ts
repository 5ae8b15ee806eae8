import type { Clock } from '../../clock.ts'
import { KafkaError } from '../../errors.ts'
import { InitProducerId } from '../../protocol/apis/init-producer-id.ts'
import { errorName } from '../../protocol/errors.ts'
import { NO_PRODUCER_ID } from '../../protocol/records/index.ts'
import type { Hindrances } from '../hindrances.ts'
import type { KafkaClient } from '../types.ts'
import { asFailure, backoffMs, isTransient, withJitter, type Failure } from '../retry.ts'
import type { Batch } from './partition.ts'
import type { ProducerSettings } from './settings.ts'
import type { Signer } from './sender.ts'

const NO_TRANSACTION_TIMEOUT = 0x7fff_ffff

interface Parts {
  readonly client: KafkaClient
  readonly settings: ProducerSettings
  readonly clock: Clock
  readonly hindrances: Hindrances
  onReady(): void
  /** No producer id will ever come. */
  onFatal(error: KafkaError): void
  onBroken(error: unknown): void
}

/** The id under which an idempotent producer is known to the brokers. */
export class ProducerId implements Signer {
  private current = NO_PRODUCER_ID
  private isFetching = false
  private failures = 0
  private isClosed = false

  constructor(private readonly parts: Parts) {}

  /** False while an id is being fetched. */
  sign(batch: Batch): boolean {
    batch.signature = batch.partition.signature(batch, this.current)
    if (batch.signature === undefined) this.fetch()
    return batch.signature !== undefined
  }

  /** Asks for a new id, once at a time, for as long as it takes; batches that wait too long expire by themselves. */
  fetch(): void {
    if (this.isFetching) return
    this.isFetching = true
    this.ask().catch((error: unknown) => this.parts.onBroken(error))
  }

  close(): void {
    this.isClosed = true
  }

  private async ask(): Promise<void> {
    const { client, settings, clock, hindrances } = this.parts
    const error = await this.request(client)
    if (this.isClosed) return
    if (error === null) {
      hindrances.pass(this)
      this.isFetching = false
      this.failures = 0
      this.parts.onReady()
    } else if (isTransient(error)) {
      this.failures += 1
      hindrances.meetFailure(this, error)
      const delayMs = backoffMs(this.failures, settings.retryBackoffMs, settings.retryBackoffMaxMs)
      clock.after(withJitter(delayMs), () => {
        this.isFetching = false
        if (!this.isClosed) this.fetch()
      })
    } else this.parts.onFatal(error as KafkaError)
  }

  private async request(client: KafkaClient): Promise<Failure | null> {
    try {
      const { errorCode, producerId } = await client.send(InitProducerId, {
        transactionalId: null,
        transactionTimeoutMs: NO_TRANSACTION_TIMEOUT,
      })
      const error = errorName(errorCode)
      if (error !== 'NONE')
        return new KafkaError(error, `No producer id was given out, which enable.idempotence needs (${error})`)
      this.current = producerId
      return null
    } catch (error) {
      return asFailure(error)
    }
  }
}
