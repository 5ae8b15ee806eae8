import { KafkaError } from '../../../errors.ts'
import { formatPartitions } from '../coordination/format-partitions.ts'
import { timerName } from '../coordination/timers.ts'
import { commit } from './commit.ts'
import { PartitionSet } from './partition-set.ts'
import type { TransactionContext, TransactionEnd } from './transaction-context.ts'
import { completed, isEnding, type Transaction } from './transaction.ts'

/** After this long a marker that could not be written is tried again. */
const RETRY_MS = 100

/** Partitions that are gone, or have seen a later epoch of the producer: the transaction is over there. */
const NOTHING_TO_END = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'UNKNOWN_TOPIC_ID', 'INVALID_PRODUCER_EPOCH'])

/**
 * Writes the markers that an ending transaction lacks, and then that it is complete. What cannot be written now follows
 * later: the outcome stands, and to the producer CONCURRENT_TRANSACTIONS is all that shows of it.
 */
export function complete(context: TransactionContext, transactionalId: string): void {
  const transaction = context.transactions.get(transactionalId)
  if (!transaction || !isEnding(transaction)) return
  const left = unmarked(context, transaction)
  context.unmarked.set(transactionalId, left)
  if (!left.isEmpty || !isWritten(() => commit(context, completed(transaction, context.clock.now()))))
    return retry(context, transactionalId)
  context.unmarked.delete(transactionalId)
  const { status, partitions } = transaction
  context.info?.(
    `transaction ${transactionalId} ${status === 'PrepareCommit' ? 'committed' : 'aborted'}: ${formatPartitions(partitions.byTopic()) || 'nothing written'}`,
  )
}

/** Tries to write each marker that is missing; returns the partitions that still lack one. */
function unmarked(context: TransactionContext, transaction: Transaction): PartitionSet {
  const end = endOf(context, transaction)
  const missing = context.unmarked.get(transaction.transactionalId) ?? transaction.partitions
  const failed = [...missing].filter(
    ([topic, partition]) => !isWritten(() => context.writeMarker(topic, partition, end)),
  )
  return PartitionSet.of(failed.map(([topic, partition]) => [topic, [partition]] as const))
}

/** From version 2 on the epoch has gone up with the decision, and the markers have the new one. */
function endOf(
  context: TransactionContext,
  { transactionalId, producerId, producerEpoch, status, clientVersion }: Transaction,
): TransactionEnd {
  const coordinatorEpoch = context.log.epochFor(transactionalId)
  return {
    producerId,
    producerEpoch,
    coordinatorEpoch,
    committed: status === 'PrepareCommit',
    transactionVersion: clientVersion,
  }
}

function isWritten(write: () => unknown): boolean {
  try {
    write()
    return true
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error
    return NOTHING_TO_END.has(error.code)
  }
}

function retry(context: TransactionContext, transactionalId: string): void {
  context.timers.schedule(timerName('complete', transactionalId), RETRY_MS, () => complete(context, transactionalId))
}
