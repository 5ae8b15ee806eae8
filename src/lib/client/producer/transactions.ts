import { EnvironmentError, KafkaError } from '../../errors.ts'
import { isRetriable } from '../../protocol/errors.ts'
import type { GroupMetadata } from '../group/membership.ts'
import type { KafkaClient } from '../types.ts'
import type { Batch, Partition } from './partition.ts'
import type { Signer } from './sender.ts'
import { explainEnd, explainTransactionError, isFatal } from './transaction-errors.ts'
import type { OffsetToCommit, ProducerEpoch, TransactionRequests } from './transaction-requests.ts'

interface Parts {
  readonly client: KafkaClient
  readonly requests: TransactionRequests
  readonly transactionalId: string
  readonly timeoutMs: number
  /** Resolves when everything appended so far is settled. */
  flush(): Promise<void>
  /** Fails everything that waits, and what is appended from now on, until `resume`. */
  stop(error: KafkaError): void
  resume(): void
  /** Batches may be signed that could not be before. */
  onReady(): void
  onBroken(error: unknown): void
}

const FEATURE = 'transaction.version'
const KIP_890_LEVEL = 2
/** The last version of Produce that leaves it to the client to add partitions to the transaction. */
const PRODUCE_BEFORE_KIP_890 = 11

/**
 * The transactions of a producer (KIP-98), one after the other: `begin`, records and offsets, then `commit` or `abort`.
 * A record that cannot be sent spoils the transaction: all others fail with it, `commit` throws, and `abort` makes room
 * for the next. After a KafkaError that shuts the producer out (PRODUCER_FENCED and its like) there is no next.
 */
export class Transactions implements Signer {
  produceVersion: number | undefined
  private isKip890 = false
  private epoch: ProducerEpoch | null = null
  private isOpen = false
  /** The coordinator knows of the open transaction, or may. */
  private hasStarted = false
  /** Why the open transaction cannot be committed. */
  private spoiled: Error | null = null
  /** Why there will be no other. */
  private fatal: Error | null = null
  /** Partitions of the open transaction, and those that are to be added; not needed since KIP-890. */
  private readonly added = new Set<Partition>()
  private readonly wanted = new Set<Partition>()
  private isAdding = false

  constructor(private readonly parts: Parts) {}

  /** Whether the open transaction can only be aborted. */
  get isSpoiled(): boolean {
    return this.spoiled !== null || this.fatal !== null
  }

  /**
   * Shuts out producers of the same id and ends what they left open; done once. Throws KafkaError or EnvironmentError.
   */
  async init(): Promise<void> {
    if (this.fatal) throw this.fatal
    this.epoch ??= await this.introduce()
  }

  /** Opens a transaction. Throws KafkaError or EnvironmentError. */
  async begin(): Promise<void> {
    await this.init()
    if (this.isOpen) throw new Error('a transaction is open already')
    this.spoiled = null
    this.isOpen = true
  }

  /**
   * Makes offsets part of the transaction: the group stands there once it is committed. Throws KafkaError or
   * EnvironmentError.
   */
  async sendOffsets(offsets: readonly OffsetToCommit[], group: GroupMetadata): Promise<void> {
    this.check()
    this.hasStarted = true
    await this.attempt(async () => {
      if (!this.isKip890) await this.parts.requests.addOffsets(this.epoch!, group.groupId)
      await this.parts.requests.commitOffsets(this.epoch!, offsets, group, this.isKip890)
    })
  }

  /**
   * Sends what has been appended and makes it visible. Throws KafkaError or EnvironmentError: unless `abort` throws
   * too, nothing was written then.
   */
  async commit(): Promise<void> {
    await this.parts.flush()
    this.check()
    await this.end(true)
  }

  /** Drops what has been appended and takes back what has been sent. Throws KafkaError or EnvironmentError. */
  async abort(): Promise<void> {
    this.parts.stop(new KafkaError('OPERATION_NOT_ATTEMPTED', 'the transaction was aborted'))
    await this.parts.flush()
    if (this.fatal) throw this.fatal
    await this.end(false)
    this.spoiled = null
    this.parts.resume()
  }

  /** Notes that a record of the open transaction is lost; those behind it need not be tried. */
  spoil(error: KafkaError): void {
    if (!this.isOpen || this.isSpoiled) return
    this.spoiled = this.explain(error)
    this.parts.stop(new KafkaError('OPERATION_NOT_ATTEMPTED', 'the transaction has failed'))
  }

  sign(batch: Batch): boolean {
    if (!this.isOpen || this.epoch === null) throw new Error('a record was appended outside a transaction')
    const { partition } = batch
    if (!this.isKip890 && !this.added.has(partition)) {
      this.wanted.add(partition)
      this.addPartitions().catch((error: unknown) => this.parts.onBroken(error))
      return false
    }
    this.hasStarted = true
    batch.signature = partition.signatureUnder(this.epoch, batch)
    return true
  }

  private async introduce(): Promise<ProducerEpoch> {
    return this.attempt(async () => {
      this.isKip890 = (await this.parts.client.featureLevel(FEATURE)) >= KIP_890_LEVEL
      this.produceVersion = this.isKip890 ? undefined : PRODUCE_BEFORE_KIP_890
      return this.parts.requests.initProducerId(null)
    })
  }

  /** Adds all partitions that are wanted, in as few requests as possible. */
  private async addPartitions(): Promise<void> {
    if (this.isAdding) return
    this.isAdding = true
    // The others that are drained now are to go along.
    await Promise.resolve()
    while (this.wanted.size > 0 && !this.isSpoiled) {
      const partitions = [...this.wanted]
      this.wanted.clear()
      this.hasStarted = true
      try {
        await this.parts.requests.addPartitions(this.epoch!, partitions)
        for (const partition of partitions) this.added.add(partition)
      } catch (error) {
        if (!(error instanceof KafkaError || error instanceof EnvironmentError)) throw error
        this.spoil(error instanceof KafkaError ? error : new KafkaError('COORDINATOR_NOT_AVAILABLE', error.message))
      }
    }
    this.isAdding = false
    this.parts.onReady()
  }

  private async end(committed: boolean): Promise<void> {
    if (this.hasStarted) await this.tellEnd(committed)
    this.isOpen = this.hasStarted = false
    this.added.clear()
    this.wanted.clear()
  }

  /** When even that fails nobody knows how it ended, and there is nothing to go on from. */
  private async tellEnd(committed: boolean): Promise<void> {
    const { requests } = this.parts
    try {
      this.epoch = await requests.end(this.epoch!, committed, this.isKip890)
      // What is still on its way from an aborted transaction must not end up in the next one (KIP-360).
      if (!committed && !this.isKip890) this.epoch = await requests.initProducerId(this.epoch)
    } catch (error) {
      if (!(error instanceof KafkaError || error instanceof EnvironmentError)) throw error
      const isAnswered = error instanceof KafkaError && !isRetriable(error.code)
      if (committed && isAnswered && !isFatal(error)) throw (this.spoiled = this.explain(error))
      throw (this.fatal = isAnswered ? this.explain(error) : explainEnd(error, committed))
    }
  }

  private async attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof EnvironmentError) throw (this.spoiled = error)
      if (!(error instanceof KafkaError)) throw error
      const explained = this.explain(error)
      if (isFatal(error)) this.fatal = explained
      else this.spoiled = explained
      throw explained
    }
  }

  private explain(error: KafkaError): KafkaError {
    return explainTransactionError(error, this.parts.transactionalId, this.parts.timeoutMs)
  }

  private check(): void {
    const error = this.fatal ?? this.spoiled
    if (error) throw error
  }
}
