import { KafkaError } from '../../../errors.ts'
import { NO_PRODUCER_EPOCH, NO_PRODUCER_ID } from '../../../protocol/records/index.ts'
import { commit } from './commit.ts'
import { fence } from './end.ts'
import type { TransactionContext } from './transaction-context.ts'
import {
  initialized,
  isEnding,
  isEpochExhausted,
  newTransaction,
  type Producer,
  type Transaction,
} from './transaction.ts'

export interface ProducerInit {
  readonly transactionalId: string
  readonly timeoutMs: number
  /** What the producer goes by so far, when it goes on after an error (KIP-360); -1n and -1 when it is new. */
  readonly producerId: bigint
  readonly producerEpoch: number
}

/**
 * Gives a producer its id and epoch, and shuts out whoever had the transactional id before
 * (TransactionCoordinator.handleInitProducerId). Throws KafkaError INVALID_TRANSACTION_TIMEOUT, PRODUCER_FENCED, or
 * CONCURRENT_TRANSACTIONS while a transaction of its forerunner is brought to its end: the producer then asks again.
 */
export function initProducerId(context: TransactionContext, init: ProducerInit): Producer {
  const { transactionalId, timeoutMs } = init
  if (timeoutMs <= 0 || timeoutMs > context.settings.maxTimeoutMs) throw new KafkaError('INVALID_TRANSACTION_TIMEOUT')
  const transaction =
    context.transactions.get(transactionalId) ??
    newTransaction(transactionalId, context.generateProducerId(), timeoutMs, context.clock.now())
  requireKnownProducer(transaction, init)
  if (isEnding(transaction)) throw new KafkaError('CONCURRENT_TRANSACTIONS')
  if (transaction.status === 'Ongoing') {
    fence(context, transaction)
    throw new KafkaError('CONCURRENT_TRANSACTIONS')
  }
  const { producerId, producerEpoch } = commit(
    context,
    initialized(transaction, nextProducer(context, transaction, init), context.clock.now()),
  )
  return { producerId, producerEpoch }
}

/**
 * One that claims an id has the current one, or the one before it with all epochs used up: it did not hear of the new
 * one.
 */
function requireKnownProducer(transaction: Transaction, { producerId, producerEpoch }: ProducerInit): void {
  const isKnown =
    producerId === NO_PRODUCER_ID ||
    transaction.producerEpoch === NO_PRODUCER_EPOCH ||
    producerId === transaction.producerId ||
    (producerId === transaction.previousProducerId && isEpochExhausted(producerEpoch))
  if (!isKnown) throw new KafkaError('PRODUCER_FENCED')
}

type Next = Parameters<typeof initialized>[1]

function nextProducer(
  context: TransactionContext,
  transaction: Transaction,
  { producerId, producerEpoch, timeoutMs }: ProducerInit,
): Next {
  const isNew = producerId === NO_PRODUCER_ID
  if (isEpochExhausted(transaction.producerEpoch) && (isNew || producerEpoch === transaction.producerEpoch)) {
    return {
      timeoutMs,
      producerId: context.generateProducerId(),
      producerEpoch: 0,
      lastProducerEpoch: isNew ? NO_PRODUCER_EPOCH : transaction.producerEpoch,
    }
  }
  return { timeoutMs, producerId: transaction.producerId, ...nextEpoch(transaction, isNew, producerEpoch) }
}

/** A repeated request gets the answer of the first one (TransactionMetadata.prepareIncrementProducerEpoch). */
function nextEpoch(
  transaction: Transaction,
  isNew: boolean,
  expected: number,
): Pick<Next, 'producerEpoch' | 'lastProducerEpoch'> {
  const { producerEpoch, lastProducerEpoch } = transaction
  if (isNew) return { producerEpoch: producerEpoch + 1, lastProducerEpoch: NO_PRODUCER_EPOCH }
  if (producerEpoch === NO_PRODUCER_EPOCH || expected === producerEpoch)
    return { producerEpoch: producerEpoch + 1, lastProducerEpoch: producerEpoch }
  if (expected === lastProducerEpoch) return { producerEpoch, lastProducerEpoch }
  throw new KafkaError('PRODUCER_FENCED')
}
