import type { KafkaClient } from '../types.ts'
import { NO_TOPIC_ID } from './describe-topics.ts'

export interface TopicListing {
  readonly name: string
  /** Null from brokers that have none (before 2.8). */
  readonly topicId: string | null
  readonly isInternal: boolean
  readonly partitions: number
  readonly replicationFactor: number
}

/** Every topic that may be seen, sorted by name. */
export async function listTopics(client: KafkaClient): Promise<TopicListing[]> {
  const { topics } = await client.metadata(null)
  const listings = topics.map(({ name, topicId, isInternal, partitions }) => ({
    name: name ?? '',
    topicId: topicId === NO_TOPIC_ID ? null : topicId,
    isInternal,
    partitions: partitions.length,
    replicationFactor: partitions[0]?.replicaNodes.length ?? 0,
  }))
  return listings.sort((a, b) => (a.name < b.name ? -1 : 1))
}
