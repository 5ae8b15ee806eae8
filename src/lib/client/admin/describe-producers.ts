import { DescribeProducers } from '../../protocol/apis/describe-producers.ts'
import { WriteTxnMarkers } from '../../protocol/apis/write-txn-markers.ts'
import { ERRORS } from '../../protocol/errors.ts'
import type { KafkaClient } from '../types.ts'
import type { Patience } from './ask-nodes.ts'
import { itemError, type ItemError } from './item-error.ts'
import { askLeaders } from './leaders.ts'
import { byPartition, groupByTopic, partitionName, type TopicPartition } from '../topic-partition.ts'

export interface ProducerState {
  readonly producerId: bigint
  readonly producerEpoch: number
  /** -1 before the first marker of a transaction. */
  readonly coordinatorEpoch: number
  readonly lastSequence: number
  /** Milliseconds since 1970, of the last batch. */
  readonly lastTimestamp: bigint
  /** Where its open transaction begins; null when none is open. */
  readonly transactionStart: bigint | null
}

export interface PartitionProducers extends TopicPartition {
  readonly producers: readonly ProducerState[]
  readonly error: ItemError | null
}

/**
 * The idempotent and transactional producers that partitions know (KIP-664): as their leaders see it, or one broker. In
 * the order asked.
 */
export async function describeProducers(
  client: KafkaClient,
  partitions: readonly TopicPartition[],
  { brokerId, ...patience }: Patience & { readonly brokerId?: number | undefined } = {},
): Promise<PartitionProducers[]> {
  if (brokerId !== undefined) return askBroker(client, brokerId, partitions)
  return askLeaders<TopicPartition, PartitionProducers>(
    client,
    partitions,
    { ask: (nodeId, group) => askBroker(client, nodeId, group), fail: unknown },
    patience,
  )
}

async function askBroker(
  client: KafkaClient,
  nodeId: number,
  partitions: readonly TopicPartition[],
): Promise<PartitionProducers[]> {
  const topics = groupByTopic(partitions).map(({ topic, items }) => ({
    name: topic,
    partitionIndexes: items.map(({ partition }) => partition),
  }))
  const found = byPartition((await client.send(DescribeProducers, { topics }, { nodeId })).topics)
  return partitions.map(({ topic, partition }) => {
    const answer = found.get(partitionName({ topic, partition }))
    const error = answer ? itemError(answer.errorCode, answer.errorMessage) : NO_ANSWER
    const producers = (answer?.activeProducers ?? []).map(({ currentTxnStartOffset: start, ...state }) => ({
      ...state,
      transactionStart: start < 0n ? null : start,
    }))
    return { topic, partition, producers, error }
  })
}

const NO_ANSWER = itemError(ERRORS.UNKNOWN_SERVER_ERROR, 'The broker has not answered for this partition')!
const unknown = ({ topic, partition }: TopicPartition, error: ItemError): PartitionProducers => ({
  topic,
  partition,
  producers: [],
  error,
})

export interface TransactionToAbort extends TopicPartition {
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly coordinatorEpoch: number
}

/**
 * Writes the marker of an abort into one partition, past the coordinator: for transactions that it has forgotten
 * (KIP-664).
 */
export async function abortTransaction(
  client: KafkaClient,
  transaction: TransactionToAbort,
  patience: Patience = {},
): Promise<ItemError | null> {
  const { topic, partition, producerId, producerEpoch, coordinatorEpoch } = transaction
  const [aborted] = await askLeaders<TransactionToAbort, { readonly error: ItemError | null }>(
    client,
    [transaction],
    {
      async ask(nodeId) {
        const { markers } = await client.send(
          WriteTxnMarkers,
          {
            markers: [
              {
                producerId,
                producerEpoch,
                coordinatorEpoch,
                transactionResult: false,
                topics: [{ name: topic, partitionIndexes: [partition] }],
              },
            ],
          },
          { nodeId },
        )
        const answer = markers[0]?.topics[0]?.partitions[0]
        return [{ error: answer ? itemError(answer.errorCode) : NO_ANSWER }]
      },
      fail: (_, error) => ({ error }),
    },
    patience,
  )
  return aborted!.error
}
