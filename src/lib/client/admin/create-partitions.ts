import { CreatePartitions } from '../../protocol/apis/create-partitions.ts'
import type { KafkaClient } from '../types.ts'
import { sendToController } from './controller.ts'
import { itemError, type ItemError } from './item-error.ts'

export interface NewPartitions {
  readonly topic: string
  /** The count after the change, old partitions included. */
  readonly count: number
  /** Broker ids for each of the added partitions; the broker chooses when absent. */
  readonly assignments?: readonly (readonly number[])[]
}

/** Raises the partition count of topics in one request; each has its own result. */
export async function createPartitions(
  client: KafkaClient,
  topics: readonly NewPartitions[],
  options: { timeoutMs?: number; validateOnly?: boolean } = {},
): Promise<{ topic: string; error: ItemError | null }[]> {
  const request = {
    topics: topics.map(({ topic, count, assignments }) => ({
      name: topic,
      count,
      assignments: assignments ? assignments.map((brokerIds) => ({ brokerIds })) : null,
    })),
    timeoutMs: options.timeoutMs ?? 30_000,
    validateOnly: options.validateOnly ?? false,
  }
  const response = await sendToController(
    client,
    (node) => client.send(CreatePartitions, request, node),
    ({ results }) => results.map(({ errorCode }) => errorCode),
  )
  return response.results.map(({ name, errorCode, errorMessage }) => ({
    topic: name,
    error: itemError(errorCode, errorMessage),
  }))
}
