import { kafkaErrorOf } from '../../../errors.ts'
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
 * Brings an ending transaction to its end: once the decision is committed, markers go to its partitions, and when all
 * are there it is complete. What cannot be written now follows later: the outcome stands, and to the producer
 * CONCURRENT_TRANSACTIONS is all that shows of it.
 */
export function complete(context: TransactionContext, transactionalId: string): void {
  const transaction = context.transactions.get(transactionalId)
  if (!transaction || !isEnding(transaction)) return
  const decided = context.log.awaitCommit()
  if (!decided) return writeMarkers(context, transaction)
  // Where it takes long it is asked again; where another coordinator is elected meanwhile, it is that one's.
  decided.then(
    () => writeMarkers(context, transaction),
    () => retry(context, transactionalId),
  )
}

/** Tries to write each marker that is missing. */
function writeMarkers(context: TransactionContext, transaction: Transaction): void {
  if (!isCurrent(context, transaction)) return
  const end = endOf(context, transaction)
  const missing = [...(context.unmarked.get(transaction.transactionalId) ?? transaction.partitions)]
  const written = missing.map(([topic, partition]) => isWritten(() => context.writeMarker(topic, partition, end)))
  const finish = (results: readonly boolean[]): void => {
    const left = missing.filter((_, index) => !results[index])
    settle(context, transaction, PartitionSet.of(left.map(([topic, partition]) => [topic, [partition]] as const)))
  }
  if (written.every((result) => typeof result === 'boolean')) finish(written)
  else void Promise.all(written).then(finish)
}

/** With no marker left to be written the transaction is complete. */
function settle(context: TransactionContext, transaction: Transaction, left: PartitionSet): void {
  const { transactionalId, status, partitions } = transaction
  if (!isCurrent(context, transaction)) return
  context.unmarked.set(transactionalId, left)
  if (!left.isEmpty || !isWritten(() => void commit(context, completed(transaction, context.clock.now()))))
    return retry(context, transactionalId)
  context.unmarked.delete(transactionalId)
  context.info?.(
    `transaction ${transactionalId} ${status === 'PrepareCommit' ? 'committed' : 'aborted'}: ${formatPartitions(partitions.byTopic()) || 'nothing written'}`,
  )
}

/** This node may have ceased to be the coordinator while it waited, in the turn in which the wait was over too. */
const isCurrent = ({ transactions }: TransactionContext, transaction: Transaction): boolean =>
  transactions.get(transaction.transactionalId) === transaction

/** From version 2 on the epoch has gone up with the decision, and the markers have the new one. */
function endOf(
  context: TransactionContext,
  { producerId, producerEpoch, status, clientVersion }: Transaction,
): TransactionEnd {
  return {
    producerId,
    producerEpoch,
    coordinatorEpoch: context.log.leaderEpoch,
    committed: status === 'PrepareCommit',
    transactionVersion: clientVersion,
  }
}

function isWritten(write: () => undefined): boolean
function isWritten(write: () => undefined | Promise<void>): boolean | Promise<boolean>
function isWritten(write: () => undefined | Promise<void>): boolean | Promise<boolean> {
  try {
    const committed = write()
    return committed ? committed.then(() => true, hasNothingToEnd) : true
  } catch (error) {
    return hasNothingToEnd(error)
  }
}

const hasNothingToEnd = (error: unknown): boolean => NOTHING_TO_END.has(kafkaErrorOf(error).code)

function retry(context: TransactionContext, transactionalId: string): void {
  context.timers.schedule(timerName('complete', transactionalId), RETRY_MS, () => complete(context, transactionalId))
}
