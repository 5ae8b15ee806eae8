import { ListPartitionReassignments } from '../../protocol/apis/list-partition-reassignments.ts'
import type { KafkaClient } from '../types.ts'
import { sendToController } from './controller.ts'
import { asKafkaError, itemError } from './item-error.ts'

export interface PartitionReassignment {
  readonly topic: string
  readonly partition: number
  readonly replicas: readonly number[]
  readonly addingReplicas: readonly number[]
  readonly removingReplicas: readonly number[]
}

/** The reassignments under way in the whole cluster. Throws KafkaError. */
export async function listPartitionReassignments(
  client: KafkaClient,
  options: { timeoutMs?: number } = {},
): Promise<PartitionReassignment[]> {
  const request = { timeoutMs: options.timeoutMs ?? 30_000, topics: null }
  const send = (node: { nodeId?: number }) => client.send(ListPartitionReassignments, request, node)
  const response = await sendToController(client, send, ({ errorCode }) => [errorCode])
  const error = itemError(response.errorCode, response.errorMessage)
  if (error) throw asKafkaError(error, 'Cannot list the reassignments of partitions')
  return response.topics.flatMap(({ name, partitions }) =>
    partitions.map(({ partitionIndex, ...replicas }) => ({ topic: name, partition: partitionIndex, ...replicas })),
  )
}
