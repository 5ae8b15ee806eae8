import { KafkaError } from '../../errors.ts'
import {
  DescribeTopicPartitions,
  type DescribeTopicPartitionsResponse,
} from '../../protocol/apis/describe-topic-partitions.ts'
import { Metadata, type MetadataResponse } from '../../protocol/apis/metadata.ts'
import { ZERO_UUID } from '../../protocol/schema.ts'
import type { KafkaClient } from '../types.ts'
import { itemError, type ItemError } from './item-error.ts'

export interface TopicDescription {
  readonly name: string
  /** Null from brokers that have none (before 2.8). */
  readonly topicId: string | null
  readonly isInternal: boolean
  readonly error: ItemError | null
  /** In order of their numbers. */
  readonly partitions: readonly PartitionDescription[]
}

export interface PartitionDescription {
  readonly partition: number
  /** Null without a leader. */
  readonly leader: number | null
  readonly leaderEpoch: number
  readonly replicas: readonly number[]
  readonly isr: readonly number[]
  readonly offlineReplicas: readonly number[]
  /** KIP-966; null where the answer does not tell. */
  readonly eligibleLeaderReplicas: readonly number[] | null
  readonly lastKnownElr: readonly number[] | null
}

/** The id that stands for none. */
export const NO_TOPIC_ID = ZERO_UUID

const PARTITIONS_PER_RESPONSE = 2000

/**
 * Describes topics by name, sorted by name; a topic that is not there has an error. Asks page by page with
 * DescribeTopicPartitions (KIP-966), or in one go with Metadata where the broker does not know it.
 */
export async function describeTopics(
  client: KafkaClient,
  names: readonly string[],
  options: { partitionsPerResponse?: number } = {},
): Promise<TopicDescription[]> {
  if (names.length === 0) return []
  const sorted = [...new Set(names)].sort()
  try {
    return await describePages(client, sorted, options.partitionsPerResponse ?? PARTITIONS_PER_RESPONSE)
  } catch (error) {
    if (!(error instanceof KafkaError && error.code === 'UNSUPPORTED_VERSION')) throw error
    return fromMetadata(await client.metadata(sorted))
  }
}

/** Describes topics by id. Metadata answers, which knows nothing of eligible leader replicas. */
export async function describeTopicIds(client: KafkaClient, topicIds: readonly string[]): Promise<TopicDescription[]> {
  return fromMetadata(
    await client.send(Metadata, {
      topics: topicIds.map((topicId) => ({ topicId, name: null })),
      allowAutoTopicCreation: false,
    }),
  )
}

type Cursor = DescribeTopicPartitionsResponse['nextCursor']

async function describePages(
  client: KafkaClient,
  names: readonly string[],
  limit: number,
): Promise<TopicDescription[]> {
  const topics = new Map<string, TopicDescription>()
  let cursor: Cursor = null
  do {
    const from: string = cursor?.topicName ?? ''
    const page: DescribeTopicPartitionsResponse = await client.send(DescribeTopicPartitions, {
      topics: names.filter((name) => name >= from).map((name) => ({ name })),
      responsePartitionLimit: limit,
      cursor,
    })
    for (const topic of page.topics) addPage(topics, topic)
    cursor = isBehind(page.nextCursor, cursor) ? page.nextCursor : null
  } while (cursor)
  return [...topics.values()].sort(byName)
}

/** A topic may begin on one page and go on on the next. */
function addPage(topics: Map<string, TopicDescription>, page: DescribeTopicPartitionsResponse['topics'][number]): void {
  const name = page.name ?? ''
  const earlier = topics.get(name)?.partitions ?? []
  const partitions = page.partitions.map(
    (partition): PartitionDescription => ({
      ...describePartition(partition),
      eligibleLeaderReplicas: partition.eligibleLeaderReplicas ?? [],
      lastKnownElr: partition.lastKnownElr ?? [],
    }),
  )
  topics.set(name, { ...describeTopic(page), partitions: [...earlier, ...partitions].sort(byPartition) })
}

/** A cursor that does not move would have us ask for ever. */
function isBehind(next: Cursor, last: Cursor): boolean {
  if (!next || !last) return next !== null
  return (
    next.topicName > last.topicName || (next.topicName === last.topicName && next.partitionIndex > last.partitionIndex)
  )
}

function fromMetadata(response: MetadataResponse): TopicDescription[] {
  return response.topics
    .map(
      (topic): TopicDescription => ({
        ...describeTopic(topic),
        partitions: topic.partitions
          .map(
            (partition): PartitionDescription => ({
              ...describePartition(partition),
              eligibleLeaderReplicas: null,
              lastKnownElr: null,
            }),
          )
          .sort(byPartition),
      }),
    )
    .sort(byName)
}

function describeTopic({
  name,
  topicId,
  isInternal,
  errorCode,
}: Omit<MetadataResponse['topics'][number], 'partitions'>): Omit<TopicDescription, 'partitions'> {
  return {
    name: name ?? '',
    topicId: topicId === NO_TOPIC_ID ? null : topicId,
    isInternal,
    error: itemError(errorCode),
  }
}

function describePartition(partition: MetadataResponse['topics'][number]['partitions'][number]) {
  const { partitionIndex, leaderId, leaderEpoch, replicaNodes, isrNodes, offlineReplicas } = partition
  return {
    partition: partitionIndex,
    leader: leaderId < 0 ? null : leaderId,
    leaderEpoch,
    replicas: replicaNodes,
    isr: isrNodes,
    offlineReplicas,
  }
}

const byName = (a: TopicDescription, b: TopicDescription): number => (a.name < b.name ? -1 : 1)
const byPartition = (a: PartitionDescription, b: PartitionDescription): number => a.partition - b.partition
