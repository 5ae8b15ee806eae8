import type { Clock } from '../../../clock.ts'
import { KafkaError } from '../../../errors.ts'
import { Shards } from '../coordination/shards.ts'
import type { StateTopic } from '../coordination/state-topic.ts'
import { addPartitions, missingPartitions, type PartitionsOfProducer } from './add-partitions.ts'
import { listTransactions, type ListedTransactions, type TransactionFilter } from './describe.ts'
import { endTransaction, type EndOfTransaction } from './end.ts'
import { initProducerId, type ProducerInit } from './init-producer-id.ts'
import { transactionShards } from './load.ts'
import type { TransactionRecord } from './records.ts'
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
  /** See ShardsOptions. */
  readonly pause?: () => Promise<void> | undefined
}

/**
 * Coordinates the transactions whose partition of the state topic this node leads: which producer a transactional id
 * belongs to, which partitions its transaction touches, and how it ends. What is decided is written first, so that it
 * holds whatever happens then. Every method throws KafkaError with the code to answer with, NOT_COORDINATOR for ids of
 * others.
 */
export class TransactionCoordinator {
  private readonly shards: Shards<TransactionRecord, TransactionContext>
  private readonly clock: Clock

  constructor({
    clock,
    settings,
    stateTopic,
    generateProducerId,
    writeMarker,
    info,
    warn = () => {},
    noteProducerId = () => {},
    pause = () => undefined,
  }: TransactionCoordinatorOptions) {
    this.clock = clock
    this.shards = new Shards(
      transactionShards({ clock, settings, generateProducerId, writeMarker, noteProducerId, info }),
      { clock, stateTopic, warn, pause },
    )
  }

  /**
   * Takes up the transactions that this node coordinates, and goes on with what a crash has interrupted. Throws as
   * GroupCoordinator.load does.
   */
  load(): void {
    this.shards.start()
  }

  /** Takes no more requests. */
  close(): void {
    this.shards.close()
  }

  /**
   * The partition of the state topic that a transactional id belongs to; its leader is the coordinator. Makes the topic
   * if need be.
   */
  partitionFor(transactionalId: string): number {
    return this.shards.partitionFor(transactionalId)
  }

  /** See Shards.awaitCommit. */
  awaitCommit(transactionalId: string): undefined | Promise<void> {
    return this.shards.awaitCommit(transactionalId)
  }

  /** See Shards.awaitCommitOfAll. */
  awaitCommitOfAll(): undefined | Promise<unknown> {
    return this.shards.awaitCommitOfAll()
  }

  /** See `init-producer-id.ts` for the errors. */
  initProducerId(init: ProducerInit): Producer {
    return initProducerId(this.shards.toWrite(requireId(init.transactionalId)), init)
  }

  /** `clientVersion` is the `transaction.version` that the client goes by. See `add-partitions.ts` for the errors. */
  addPartitions(request: PartitionsOfProducer, clientVersion: number): void {
    addPartitions(this.contextOf(request.transactionalId), request, clientVersion)
  }

  /** The partitions among these that are not part of the producer's transaction. */
  missingPartitions(request: PartitionsOfProducer): [topic: string, partition: number][] {
    return missingPartitions(this.contextOf(request.transactionalId), request)
  }

  /** Returns what the producer goes by from now on. See `end.ts` for the errors. */
  endTransaction(request: EndOfTransaction): Producer {
    return endTransaction(this.contextOf(request.transactionalId), request)
  }

  /** Throws KafkaError TRANSACTIONAL_ID_NOT_FOUND. */
  describe(transactionalId: string): Transaction {
    const transaction = this.contextOf(transactionalId).transactions.get(transactionalId)
    if (!transaction) throw new KafkaError('TRANSACTIONAL_ID_NOT_FOUND')
    return transaction
  }

  /** Throws KafkaError INVALID_REGULAR_EXPRESSION. */
  list(filter: TransactionFilter): ListedTransactions {
    const transactions = this.shards.all().flatMap((context) => [...context.transactions.values()])
    return listTransactions(transactions, filter, this.clock.now())
  }

  private contextOf(transactionalId: string): TransactionContext {
    return this.shards.of(requireId(transactionalId))
  }
}

function requireId(transactionalId: string): string {
  if (transactionalId === '') throw new KafkaError('INVALID_REQUEST')
  return transactionalId
}
