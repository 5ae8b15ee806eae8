import { CreateTopics } from '../../protocol/apis/create-topics.ts'
import { ZERO_UUID } from '../../protocol/schema.ts'
import type { KafkaClient } from '../types.ts'
import { sendToController } from './controller.ts'
import { itemError, type ItemError } from './item-error.ts'

export interface NewTopic {
  readonly name: string
  /** The broker's default when absent. */
  readonly partitions?: number
  /** The broker's default when absent. */
  readonly replicationFactor?: number
  /** Broker ids by partition, in place of the two counts. */
  readonly assignments?: readonly (readonly number[])[]
  readonly configs?: ReadonlyMap<string, string>
}

export interface CreatedTopic {
  readonly name: string
  /** Null from brokers that do not tell (before 2.8). */
  readonly topicId: string | null
  /** Null from brokers that do not tell (before 2.4), and when the caller may not describe configs. */
  readonly partitions: number | null
  readonly replicationFactor: number | null
  readonly error: ItemError | null
}

/**
 * Creates topics in one request; each has its own result. With `validateOnly` the broker checks and creates nothing.
 */
export async function createTopics(
  client: KafkaClient,
  topics: readonly NewTopic[],
  options: { timeoutMs?: number; validateOnly?: boolean } = {},
): Promise<CreatedTopic[]> {
  const { timeoutMs = 30_000, validateOnly = false } = options
  const request = { topics: topics.map(toRequest), timeoutMs, validateOnly }
  const response = await sendToController(
    client,
    (node) => client.send(CreateTopics, request, node),
    ({ topics: answers }) => answers.map(({ errorCode }) => errorCode),
  )
  return response.topics.map(({ name, topicId, numPartitions, replicationFactor, errorCode, errorMessage }) => ({
    name,
    topicId: topicId === ZERO_UUID ? null : topicId,
    partitions: numPartitions < 0 ? null : numPartitions,
    replicationFactor: replicationFactor < 0 ? null : replicationFactor,
    error: itemError(errorCode, errorMessage),
  }))
}

function toRequest({ name, partitions, replicationFactor, assignments = [], configs = new Map() }: NewTopic) {
  return {
    name,
    numPartitions: partitions ?? -1,
    replicationFactor: replicationFactor ?? -1,
    assignments: assignments.map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds })),
    configs: [...configs].map(([key, value]) => ({ name: key, value })),
  }
}
