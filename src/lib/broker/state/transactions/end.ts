import { KafkaError } from '../../../errors.ts'
import { NO_PRODUCER_ID } from '../../../protocol/records/index.ts'
import { commit } from './commit.ts'
import { complete } from './complete.ts'
import type { TransactionContext } from './transaction-context.ts'
import {
  completed,
  EPOCH_BUMP_VERSION,
  isEpochExhausted,
  prepared,
  type Producer,
  type Transaction,
} from './transaction.ts'

export interface EndOfTransaction extends Producer {
  readonly transactionalId: string
  readonly committed: boolean
  /** `transaction.version` that the client goes by. */
  readonly clientVersion: number
}

/**
 * Commits or aborts. Once the decision is written nothing takes it back; markers follow, at once where they can be
 * written. Returns what the producer goes by from now on. Throws KafkaError INVALID_PRODUCER_ID_MAPPING,
 * PRODUCER_FENCED, INVALID_TXN_STATE, CONCURRENT_TRANSACTIONS.
 */
export function endTransaction(context: TransactionContext, request: EndOfTransaction): Producer {
  const transaction = context.transactions.get(request.transactionalId)
  if (!transaction) throw new KafkaError('INVALID_PRODUCER_ID_MAPPING')
  const isDone =
    request.clientVersion >= EPOCH_BUMP_VERSION
      ? isRepeatedV2(transaction, request)
      : isRepeatedV1(transaction, request)
  return isDone ? producerOf(transaction) : decide(context, transaction, request.committed, request.clientVersion)
}

/** Aborts an open transaction and shuts its producer out, whatever version it goes by: the epoch goes up. */
export function fence(context: TransactionContext, transaction: Transaction): void {
  decide(context, transaction, false, EPOCH_BUMP_VERSION)
}

function decide(
  context: TransactionContext,
  transaction: Transaction,
  committed: boolean,
  clientVersion: number,
): Producer {
  const needsNextId = clientVersion >= EPOCH_BUMP_VERSION && isEpochExhausted(transaction.producerEpoch)
  const nextProducerId = needsNextId ? context.generateProducerId() : NO_PRODUCER_ID
  const decided = commit(
    context,
    prepared(transaction, committed, { clientVersion, nextProducerId }, context.clock.now()),
  )
  context.unmarked.set(decided.transactionalId, decided.partitions)
  complete(context, decided.transactionalId)
  return producerOf(completed(decided, context.clock.now()))
}

/**
 * Checks a request of transactions version 2, where each end raises the epoch: one that repeats the last has the epoch
 * before the current one (TransactionCoordinator.endTransaction). True when it was done already.
 */
function isRepeatedV2(transaction: Transaction, { producerId, producerEpoch, committed }: EndOfTransaction): boolean {
  const isRotated =
    transaction.previousProducerId === producerId && isEpochExhausted(producerEpoch) && transaction.producerEpoch === 0
  const isRepeated = transaction.producerEpoch === producerEpoch + 1 || isRotated
  const isCurrent = transaction.producerEpoch === producerEpoch
  if (transaction.producerId !== producerId && !isRotated) throw new KafkaError('INVALID_PRODUCER_ID_MAPPING')
  switch (transaction.status) {
    case 'PrepareCommit':
    case 'PrepareAbort':
      if (transaction.producerEpoch !== producerEpoch + 1) throw new KafkaError('PRODUCER_FENCED')
      throw new KafkaError(
        committed === (transaction.status === 'PrepareCommit') ? 'CONCURRENT_TRANSACTIONS' : 'INVALID_TXN_STATE',
      )
    case 'CompleteCommit':
    case 'CompleteAbort':
      if (!isCurrent && !isRepeated) throw new KafkaError('PRODUCER_FENCED')
      if (isRepeated && committed === (transaction.status === 'CompleteCommit')) return true
      // A transaction without partitions may be aborted, to raise the epoch; there is nothing to commit.
      if (isRepeated || committed) throw new KafkaError('INVALID_TXN_STATE')
      return false
    default:
      if (!isCurrent) throw new KafkaError('PRODUCER_FENCED')
      if (transaction.status === 'Empty' && committed) throw new KafkaError('INVALID_TXN_STATE')
      return false
  }
}

/**
 * Checks a request of an older client, whose epoch stays (TransactionCoordinator.endTransactionWithTV1). True when it
 * was done already.
 */
function isRepeatedV1(transaction: Transaction, { producerId, producerEpoch, committed }: EndOfTransaction): boolean {
  if (transaction.producerId !== producerId) throw new KafkaError('INVALID_PRODUCER_ID_MAPPING')
  if (transaction.producerEpoch !== producerEpoch) throw new KafkaError('PRODUCER_FENCED')
  switch (transaction.status) {
    case 'Ongoing':
      return false
    case 'PrepareCommit':
    case 'PrepareAbort':
      throw new KafkaError(
        committed === (transaction.status === 'PrepareCommit') ? 'CONCURRENT_TRANSACTIONS' : 'INVALID_TXN_STATE',
      )
    case 'CompleteCommit':
    case 'CompleteAbort':
      if (committed === (transaction.status === 'CompleteCommit')) return true
      throw new KafkaError('INVALID_TXN_STATE')
    default:
      throw new KafkaError('INVALID_TXN_STATE')
  }
}

const producerOf = ({ producerId, producerEpoch }: Transaction): Producer => ({ producerId, producerEpoch })
