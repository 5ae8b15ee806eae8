import { CLUSTER_NAME } from '../../protocol/acl-types.ts'
import {
  AddPartitionsToTxn,
  type AddPartitionsToTxnRequest,
  type AddPartitionsToTxnResponse,
} from '../../protocol/apis/add-partitions-to-txn.ts'
import { ERRORS, type ErrorName } from '../../protocol/errors.ts'
import type { Input } from '../../protocol/schema.ts'
import { isInternalTopic } from '../../protocol/topic-names.ts'
import { handle, type RequestContext } from '../handle.ts'
import type { Broker } from '../state/broker.ts'
import { PartitionSet } from '../state/transactions/partition-set.ts'
import { EPOCH_BUMP_VERSION } from '../state/transactions/transaction.ts'
import { coordinated, fencedCode } from './shared/coordinated.ts'
import { inTurns } from '../state/turns.ts'

/**
 * From this version on brokers ask each other, for many transactions in one request, and know transactions version 2.
 */
const BATCHED_FROM = 4
/** The first version whose clients know PRODUCER_FENCED. */
const FENCED_FROM = 2

type TransactionRequest = AddPartitionsToTxnRequest['transactions'][number]
type TopicResults = Input<AddPartitionsToTxnResponse['resultsByTopicV3AndBelow']>

export const addPartitionsToTxn = handle(AddPartitionsToTxn, 'each', async (request, context) => {
  const {
    broker,
    header: { apiVersion },
  } = context
  if (apiVersion >= BATCHED_FROM) {
    if (!context.isAllowed('CLUSTER_ACTION', 'CLUSTER', CLUSTER_NAME))
      return { errorCode: ERRORS.CLUSTER_AUTHORIZATION_FAILED }
    const resultsByTransaction = await inTurns(broker.turns, request.transactions, async (transaction) => ({
      transactionalId: transaction.transactionalId,
      topicResults: await answer(context, transaction),
    }))
    return { resultsByTransaction }
  }
  const transaction: TransactionRequest = {
    transactionalId: request.v3AndBelowTransactionalId,
    producerId: request.v3AndBelowProducerId,
    producerEpoch: request.v3AndBelowProducerEpoch,
    verifyOnly: false,
    topics: request.v3AndBelowTopics,
  }
  return { resultsByTopicV3AndBelow: await answer(context, transaction) }
})

/** All or none: one partition that does not exist, or is forbidden, keeps the others out as well. */
function answer(context: RequestContext, transaction: TransactionRequest): TopicResults | Promise<TopicResults> {
  const {
    broker,
    header: { apiVersion },
  } = context
  const isClient = apiVersion < BATCHED_FROM
  if (isClient && !context.isAllowed('WRITE', 'TRANSACTIONAL_ID', transaction.transactionalId))
    return results(transaction, () => ERRORS.TRANSACTIONAL_ID_AUTHORIZATION_FAILED)
  const isAllowed = (topic: string): boolean =>
    !isClient || (!isInternalTopic(topic) && context.isAllowed('WRITE', 'TOPIC', topic))
  const exists = (topic: string, partition: number): boolean =>
    broker.cluster.topic(topic)?.partitions[partition] !== undefined
  const problemOf = (topic: string, partition: number): ErrorName | null => {
    if (!isAllowed(topic)) return 'TOPIC_AUTHORIZATION_FAILED'
    return exists(topic, partition) ? null : 'UNKNOWN_TOPIC_OR_PARTITION'
  }
  const isWhole = transaction.topics.every(({ name, partitions }) =>
    partitions.every((partition) => problemOf(name, partition) === null),
  )
  if (!isWhole) {
    return results(transaction, (topic, partition) => ERRORS[problemOf(topic, partition) ?? 'OPERATION_NOT_ATTEMPTED'])
  }
  return coordinated(
    () => (transaction.verifyOnly ? verify(broker, transaction) : add(broker, transaction, apiVersion)),
    ({ error }) => results(transaction, () => fencedCode(error, apiVersion >= FENCED_FROM)),
    () => broker.transactions.awaitCommit(transaction.transactionalId),
  )
}

function add(broker: Broker, transaction: TransactionRequest, apiVersion: number): TopicResults {
  broker.transactions.addPartitions(request(transaction), apiVersion >= BATCHED_FROM ? EPOCH_BUMP_VERSION : 0)
  return results(transaction, () => ERRORS.NONE)
}

function verify(broker: Broker, transaction: TransactionRequest): TopicResults {
  const missing = PartitionSet.of(
    broker.transactions
      .missingPartitions(request(transaction))
      .map(([name, partition]) => [name, [partition]] as const),
  )
  return results(transaction, (topic, partition) =>
    missing.has(topic, partition) ? ERRORS.TRANSACTION_ABORTABLE : ERRORS.NONE,
  )
}

const request = ({ topics, ...transaction }: TransactionRequest) => ({
  ...transaction,
  partitions: PartitionSet.of(topics.map(({ name, partitions }) => [name, partitions] as const)),
})

function results({ topics }: TransactionRequest, codeOf: (topic: string, partition: number) => number): TopicResults {
  return topics.map(({ name, partitions }) => ({
    name,
    resultsByPartition: partitions.map((partitionIndex) => ({
      partitionIndex,
      partitionErrorCode: codeOf(name, partitionIndex),
    })),
  }))
}
