import type { Clock } from '../../../clock.ts'
import { KafkaError } from '../../../errors.ts'
import { CoordinatorLog } from '../coordination/coordinator-log.ts'
import type { StateTopic } from '../coordination/state-topic.ts'
import { CoordinatorTimers } from '../coordination/timers.ts'
import { addPartitions, missingPartitions, type PartitionsOfProducer } from './add-partitions.ts'
import { complete } from './complete.ts'
import { listTransactions, type ListedTransactions, type TransactionFilter } from './describe.ts'
import { endTransaction, type EndOfTransaction } from './end.ts'
import { initProducerId, type ProducerInit } from './init-producer-id.ts'
import { TRANSACTION_CODEC } from './records.ts'
import { scheduleChores } from './schedules.ts'
import type { TransactionSettings } from './settings.ts'
import type { TransactionContext, WriteMarker } from './transaction-context.ts'
import type { Producer, Transaction } from './transaction.ts'

export interface TransactionCoordinatorOptions {
  readonly clock: Clock
  readonly settings: TransactionSettings
  readonly stateTopic: StateTopic
  /** A producer id that nobody had before. Throws KafkaError. */
  readonly generateProducerId: () => bigint
  readonly writeMarker: WriteMarker
  /** Told of the ids that producers have, which nobody else must be given. */
  readonly noteProducerId?: (producerId: bigint) => void
  /** Told of what cannot be used of the state topic, one line. */
  readonly warn?: (line: string) => void
  /** Told of transactions that have ended, one line each. */
  readonly info?: (line: string) => void
}

/**
 * Coordinates the transactions whose partition of the state topic this node leads: which producer a transactional id
 * belongs to, which partitions its transaction touches, and how it ends. What is decided is written first, so that it
 * holds whatever happens then. Every method throws KafkaError with the code to answer with, NOT_COORDINATOR for ids of
 * others.
 */
export class TransactionCoordinator {
  private readonly context: TransactionContext
  private readonly noteProducerId: (producerId: bigint) => void
  private isClosed = false

  constructor({
    clock,
    settings,
    stateTopic,
    generateProducerId,
    writeMarker,
    info,
    warn = () => {},
    noteProducerId = () => {},
  }: TransactionCoordinatorOptions) {
    this.noteProducerId = noteProducerId
    this.context = {
      clock,
      settings,
      generateProducerId,
      writeMarker,
      info,
      log: new CoordinatorLog(stateTopic, TRANSACTION_CODEC, warn),
      timers: new CoordinatorTimers(clock),
      transactions: new Map(),
      unmarked: new Map(),
    }
  }

  /** Reads the state topic, and goes on with what a crash has interrupted. Throws as GroupCoordinator.load does. */
  load(): void {
    const { log, transactions } = this.context
    for (const entry of log.replay()) {
      if (entry.type === 'end') continue
      const { transactionalId, transaction } = entry.record
      if (transaction) transactions.set(transactionalId, transaction)
      else transactions.delete(transactionalId)
    }
    for (const { producerId, nextProducerId } of transactions.values())
      this.noteProducerId(producerId > nextProducerId ? producerId : nextProducerId)
    for (const transactionalId of [...transactions.keys()]) complete(this.context, transactionalId)
    scheduleChores(this.context)
  }

  /** Takes no more requests. */
  close(): void {
    this.isClosed = true
    this.context.timers.cancelAll()
  }

  /**
   * The partition of the state topic that a transactional id belongs to; its leader is the coordinator. Makes the topic
   * if need be.
   */
  partitionFor(transactionalId: string): number {
    this.requireOpen()
    return this.context.log.partitionFor(transactionalId)
  }

  /** See `init-producer-id.ts` for the errors. */
  initProducerId(init: ProducerInit): Producer {
    this.requireCoordinated(init.transactionalId)
    return initProducerId(this.context, init)
  }

  /** `clientVersion` is the `transaction.version` that the client goes by. See `add-partitions.ts` for the errors. */
  addPartitions(request: PartitionsOfProducer, clientVersion: number): void {
    this.requireCoordinated(request.transactionalId)
    addPartitions(this.context, request, clientVersion)
  }

  /** The partitions among these that are not part of the producer's transaction. */
  missingPartitions(request: PartitionsOfProducer): [topic: string, partition: number][] {
    this.requireCoordinated(request.transactionalId)
    return missingPartitions(this.context, request)
  }

  /** Returns what the producer goes by from now on. See `end.ts` for the errors. */
  endTransaction(request: EndOfTransaction): Producer {
    this.requireCoordinated(request.transactionalId)
    return endTransaction(this.context, request)
  }

  /** Throws KafkaError TRANSACTIONAL_ID_NOT_FOUND. */
  describe(transactionalId: string): Transaction {
    this.requireCoordinated(transactionalId)
    const transaction = this.context.transactions.get(transactionalId)
    if (!transaction) throw new KafkaError('TRANSACTIONAL_ID_NOT_FOUND')
    return transaction
  }

  /** Throws KafkaError INVALID_REGULAR_EXPRESSION. */
  list(filter: TransactionFilter): ListedTransactions {
    this.requireOpen()
    return listTransactions(this.context.transactions.values(), filter, this.context.clock.now())
  }

  /** The state topic is gone, and all that it held. */
  onStateTopicDeleted(): void {
    this.context.transactions.clear()
    this.context.unmarked.clear()
  }

  private requireCoordinated(transactionalId: string): void {
    this.requireOpen()
    if (transactionalId === '') throw new KafkaError('INVALID_REQUEST')
    if (!this.context.log.coordinates(transactionalId)) throw new KafkaError('NOT_COORDINATOR')
  }

  private requireOpen(): void {
    if (this.isClosed) throw new KafkaError('COORDINATOR_NOT_AVAILABLE')
  }
}
