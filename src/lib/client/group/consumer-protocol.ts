import { MalformedError } from '../../errors.ts'
import {
  CONSUMER_ASSIGNMENT,
  CONSUMER_SUBSCRIPTION,
  readConsumerMessage,
  writeConsumerMessage,
} from '../../protocol/consumer-protocol.ts'
import { byTopic } from '../consumer/by-topic.ts'
import type { TopicPartition } from '../consumer/partition-state.ts'

/** What a member tells its group's leader about itself. */
export interface MemberSubscription {
  readonly topics: readonly string[]
  readonly userData: Buffer | null
  readonly ownedPartitions: readonly TopicPartition[]
  /** -1 when the member has none, or speaks a version before 2. */
  readonly generationId: number
  readonly rackId: string | null
}

/** In the order that Java writes: topics sorted, partitions sorted by topic and number. */
export function encodeSubscription(subscription: MemberSubscription, version?: number): Buffer {
  const owned = [...subscription.ownedPartitions].sort(comparePartitions)
  return writeConsumerMessage(
    CONSUMER_SUBSCRIPTION,
    {
      topics: [...subscription.topics].sort(),
      userData: subscription.userData,
      ownedPartitions: group(owned),
      generationId: subscription.generationId,
      rackId: subscription.rackId,
    },
    version,
  )
}

/** Throws MalformedError. A version beyond ours is read as ours: later ones only add fields behind. */
export function decodeSubscription(bytes: Buffer): MemberSubscription {
  const { topics, userData, ownedPartitions, generationId, rackId } = readConsumerMessage(CONSUMER_SUBSCRIPTION, bytes)
  return { topics, userData, ownedPartitions: flatten(ownedPartitions), generationId, rackId: rackId || null }
}

export function encodeAssignment(partitions: readonly TopicPartition[], version?: number): Buffer {
  return writeConsumerMessage(CONSUMER_ASSIGNMENT, { assignedPartitions: group(partitions) }, version)
}

/**
 * Throws MalformedError. No bytes at all mean no partitions: that is what a broker sends where the leader has said
 * nothing.
 */
export function decodeAssignment(bytes: Buffer): TopicPartition[] {
  if (bytes.length === 0) return []
  const partitions = flatten(readConsumerMessage(CONSUMER_ASSIGNMENT, bytes).assignedPartitions)
  const odd = partitions.find(({ partition }) => partition < 0)
  if (odd) throw new MalformedError(`partition ${odd.partition} of topic ${odd.topic}`)
  return partitions
}

/** What a member that may be of any making has written: undefined where it cannot be read. */
export function ifReadable<T>(decode: (bytes: Buffer) => T, bytes: Buffer): T | undefined {
  try {
    return decode(bytes)
  } catch (error) {
    if (error instanceof MalformedError) return undefined
    throw error
  }
}

export function comparePartitions(a: TopicPartition, b: TopicPartition): number {
  return a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : a.partition - b.partition
}

const group = (partitions: readonly TopicPartition[]): { topic: string; partitions: number[] }[] =>
  byTopic(partitions).map(({ topic, partitions: list }) => ({
    topic,
    partitions: list.map(({ partition }) => partition),
  }))

const flatten = (topics: readonly { topic: string; partitions: readonly number[] }[]): TopicPartition[] =>
  topics.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })))
