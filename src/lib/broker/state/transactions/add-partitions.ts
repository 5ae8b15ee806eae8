import { KafkaError } from '../../../errors.ts'
import { commit } from './commit.ts'
import type { PartitionSet } from './partition-set.ts'
import type { TransactionContext } from './transaction-context.ts'
import { isEnding, withPartitions, type Producer, type Transaction } from './transaction.ts'

export interface PartitionsOfProducer extends Producer {
  readonly transactionalId: string
  readonly partitions: PartitionSet
}

/**
 * Makes partitions part of the transaction, which begins with the first
 * (TransactionCoordinator.handleAddPartitionsToTransaction). Throws KafkaError INVALID_PRODUCER_ID_MAPPING,
 * PRODUCER_FENCED, CONCURRENT_TRANSACTIONS while the one before is ending.
 */
export function addPartitions(context: TransactionContext, request: PartitionsOfProducer, clientVersion: number): void {
  const transaction = requireProducer(context, request)
  if (transaction.status === 'Ongoing' && transaction.partitions.includes(request.partitions)) return
  commit(context, withPartitions(transaction, request.partitions, clientVersion, context.clock.now()))
}

/**
 * The partitions that are not part of the producer's transaction: nothing may be written to them in it (KIP-890).
 * Throws as `addPartitions` does.
 */
export function missingPartitions(
  context: TransactionContext,
  request: PartitionsOfProducer,
): [topic: string, partition: number][] {
  const transaction = requireProducer(context, request)
  return [...request.partitions].filter(([topic, partition]) => !transaction.partitions.has(topic, partition))
}

function requireProducer(
  context: TransactionContext,
  { transactionalId, producerId, producerEpoch }: PartitionsOfProducer,
): Transaction {
  const transaction = context.transactions.get(transactionalId)
  if (!transaction || transaction.producerId !== producerId) throw new KafkaError('INVALID_PRODUCER_ID_MAPPING')
  if (transaction.producerEpoch !== producerEpoch) throw new KafkaError('PRODUCER_FENCED')
  if (isEnding(transaction)) throw new KafkaError('CONCURRENT_TRANSACTIONS')
  return transaction
}
