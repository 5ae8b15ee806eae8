import {
  AddPartitionsToTxn,
  type AddPartitionsToTxnRequest,
  type AddPartitionsToTxnResponse,
} from '../../protocol/apis/add-partitions-to-txn.ts'
import { ERRORS } from '../../protocol/errors.ts'
import type { Input } from '../../protocol/schema.ts'
import { handle } from '../handle.ts'
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

export const addPartitionsToTxn = handle(AddPartitionsToTxn, async (request, { broker, header: { apiVersion } }) => {
  if (apiVersion >= BATCHED_FROM) {
    const resultsByTransaction = await inTurns(broker.turns, request.transactions, async (transaction) => ({
      transactionalId: transaction.transactionalId,
      topicResults: await answer(broker, transaction, apiVersion),
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
  return { resultsByTopicV3AndBelow: await answer(broker, transaction, apiVersion) }
})

/** All or none: one partition that does not exist keeps the others out as well. */
function answer(
  broker: Broker,
  transaction: TransactionRequest,
  apiVersion: number,
): TopicResults | Promise<TopicResults> {
  const exists = (topic: string, partition: number): boolean =>
    broker.cluster.topic(topic)?.partitions[partition] !== undefined
  const isWhole = transaction.topics.every(({ name, partitions }) =>
    partitions.every((partition) => exists(name, partition)),
  )
  if (!isWhole) {
    return results(transaction, (topic, partition) =>
      exists(topic, partition) ? ERRORS.OPERATION_NOT_ATTEMPTED : ERRORS.UNKNOWN_TOPIC_OR_PARTITION,
    )
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
