import { ELECTION_TYPES, ElectLeaders, type ElectionType } from '../../protocol/apis/elect-leaders.ts'
import type { KafkaClient } from '../types.ts'
import { sendToController } from './controller.ts'
import { asKafkaError, itemError, type ItemError } from './item-error.ts'
import { groupByTopic, type TopicPartition } from './leaders.ts'

export { ELECTION_TYPES, type ElectionType }

export interface ElectedLeader extends TopicPartition {
  /** ELECTION_NOT_NEEDED where the leader was the right one already. */
  readonly error: ItemError | null
}

/**
 * Has leaders elected (KIP-460): of some partitions, or with null of all, where those that need none are left out of
 * the answer. Throws KafkaError when nothing was tried.
 */
export async function electLeaders(
  client: KafkaClient,
  type: ElectionType,
  partitions: readonly TopicPartition[] | null,
  options: { timeoutMs?: number } = {},
): Promise<ElectedLeader[]> {
  const request = {
    electionType: ELECTION_TYPES[type],
    topicPartitions:
      partitions &&
      groupByTopic(partitions).map(({ topic, items }) => ({
        topic,
        partitions: items.map(({ partition }) => partition),
      })),
    timeoutMs: options.timeoutMs ?? 30_000,
  }
  const response = await sendToController(
    client,
    (node) => client.send(ElectLeaders, request, node),
    ({ errorCode }) => [errorCode],
  )
  const error = itemError(response.errorCode)
  if (error) throw asKafkaError(error, 'Cannot elect leaders')
  return response.replicaElectionResults.flatMap(({ topic, partitionResult }) =>
    partitionResult.map(({ partitionId, errorCode, errorMessage }) => ({
      topic,
      partition: partitionId,
      error: itemError(errorCode, errorMessage),
    })),
  )
}
