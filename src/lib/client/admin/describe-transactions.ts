import { KafkaError } from '../../errors.ts'
import { DescribeTransactions } from '../../protocol/apis/describe-transactions.ts'
import { InitProducerId } from '../../protocol/apis/init-producer-id.ts'
import { ERRORS } from '../../protocol/errors.ts'
import type { KafkaClient } from '../types.ts'
import { askNodes, type Patience, type Place, type Question } from './ask-nodes.ts'
import { itemError, type ItemError } from './item-error.ts'
import type { TopicPartition } from './leaders.ts'

export interface TransactionDescription {
  /** Broker that coordinates it. */
  readonly coordinatorId: number
  readonly producerId: bigint
  readonly producerEpoch: number
  /** As the broker names it: `Ongoing`, `CompleteCommit`, … */
  readonly state: string
  readonly timeoutMs: number
  /** Milliseconds since 1970; null while no transaction is open. */
  readonly startMs: number | null
  /** Partitions that it writes to, or that still have to hear how it ended. */
  readonly partitions: readonly TopicPartition[]
}

export interface DescribedTransaction {
  readonly transactionalId: string
  /** Null with an error. */
  readonly description: TransactionDescription | null
  readonly error: ItemError | null
}

/** What coordinators know of transactional ids (KIP-664), in the order asked. */
export async function describeTransactions(
  client: KafkaClient,
  transactionalIds: readonly string[],
  patience: Patience = {},
): Promise<DescribedTransaction[]> {
  return askTransactionCoordinators<DescribedTransaction>(
    client,
    transactionalIds,
    {
      ask: (nodeId, ids) => askCoordinator(client, nodeId, ids),
      fail: (transactionalId, error) => ({ transactionalId, description: null, error }),
    },
    patience,
  )
}

/**
 * Raises the epoch of a transactional id: a producer that has it can do nothing more, and what it left open is aborted.
 * Brokers make an id that they do not know (Admin.forceTerminateTransaction, KIP-939).
 */
export async function fenceProducer(
  client: KafkaClient,
  transactionalId: string,
  patience: Patience = {},
): Promise<ItemError | null> {
  const [fenced] = await askTransactionCoordinators<{ readonly error: ItemError | null }>(
    client,
    [transactionalId],
    {
      async ask(nodeId) {
        const { errorCode } = await client.send(
          InitProducerId,
          { transactionalId, transactionTimeoutMs: FENCING_TIMEOUT_MS },
          { nodeId },
        )
        return [{ error: itemError(errorCode) }]
      },
      fail: (_, error) => ({ error }),
    },
    patience,
  )
  return fenced!.error
}

/** Java's admin client gives `request.timeout.ms`. */
const FENCING_TIMEOUT_MS = 30_000

function askTransactionCoordinators<A extends { readonly error: ItemError | null }>(
  client: KafkaClient,
  ids: readonly string[],
  question: Question<string, A>,
  patience: Patience,
): Promise<A[]> {
  return askNodes(
    client,
    ids,
    { ...question, locate: (open) => Promise.all(open.map((id) => coordinatorOf(client, id))) },
    patience,
  )
}

async function coordinatorOf(client: KafkaClient, transactionalId: string): Promise<Place> {
  try {
    return await client.coordinator(transactionalId, 'transaction')
  } catch (error) {
    if (error instanceof KafkaError) return { code: error.code, message: error.message }
    throw error
  }
}

async function askCoordinator(
  client: KafkaClient,
  nodeId: number,
  transactionalIds: readonly string[],
): Promise<DescribedTransaction[]> {
  const { transactionStates } = await client.send(DescribeTransactions, { transactionalIds }, { nodeId })
  const found = new Map(transactionStates.map((state) => [state.transactionalId, state]))
  return transactionalIds.map((transactionalId) => {
    const state = found.get(transactionalId)
    const error = state
      ? itemError(state.errorCode, state.errorCode === ERRORS.TRANSACTIONAL_ID_NOT_FOUND ? NOT_FOUND : null)
      : NO_ANSWER
    if (error || !state) return { transactionalId, description: null, error }
    const {
      producerId,
      producerEpoch,
      transactionState,
      transactionTimeoutMs: timeoutMs,
      transactionStartTimeMs: startMs,
      topics,
    } = state
    const partitions = topics.flatMap(({ topic, partitions: indexes }) =>
      indexes.map((partition) => ({ topic, partition })),
    )
    return {
      transactionalId,
      error: null,
      description: {
        coordinatorId: nodeId,
        producerId,
        producerEpoch,
        state: transactionState,
        timeoutMs,
        startMs: startMs < 0n ? null : Number(startMs),
        partitions,
      },
    }
  })
}

const NOT_FOUND = 'There is no such transactional id'
const NO_ANSWER = itemError(ERRORS.UNKNOWN_SERVER_ERROR, 'The coordinator has not answered for this transactional id')!
