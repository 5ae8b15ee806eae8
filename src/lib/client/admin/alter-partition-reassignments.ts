import { AlterPartitionReassignments } from '../../protocol/apis/alter-partition-reassignments.ts'
import type { KafkaClient } from '../types.ts'
import { sendToController } from './controller.ts'
import { asKafkaError, itemError, type ItemError } from './item-error.ts'
import { byPartition, groupByTopic, partitionName, type TopicPartition } from '../topic-partition.ts'

export interface WantedReplicas extends TopicPartition {
  /** Ids of brokers, the preferred leader first; null calls off what is under way. */
  readonly replicas: readonly number[] | null
}

/** Has replicas moved (KIP-455). Answers in the order of the items. Throws KafkaError when nothing was tried. */
export async function alterPartitionReassignments(
  client: KafkaClient,
  wanted: readonly WantedReplicas[],
  options: { allowReplicationFactorChange?: boolean; timeoutMs?: number } = {},
): Promise<(TopicPartition & { error: ItemError | null })[]> {
  const request = {
    timeoutMs: options.timeoutMs ?? 30_000,
    ...(options.allowReplicationFactorChange === false && { allowReplicationFactorChange: false }),
    topics: groupByTopic(wanted).map(({ topic, items }) => ({
      name: topic,
      partitions: items.map(({ partition, replicas }) => ({
        partitionIndex: partition,
        replicas: replicas && [...replicas],
      })),
    })),
  }
  const response = await sendToController(
    client,
    (node) => client.send(AlterPartitionReassignments, request, node),
    ({ errorCode }) => [errorCode],
  )
  const error = itemError(response.errorCode, response.errorMessage)
  if (error) throw asKafkaError(error, 'Cannot reassign partitions')
  const answers = byPartition(response.responses)
  return wanted.map((item) => {
    const answer = answers.get(partitionName(item))!
    return { topic: item.topic, partition: item.partition, error: itemError(answer.errorCode, answer.errorMessage) }
  })
}
