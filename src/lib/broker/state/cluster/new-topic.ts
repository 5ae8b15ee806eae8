import type { Topic } from './types.ts'

export interface NewTopic {
  readonly name: string
  /** -1 for the broker's default. */
  readonly numPartitions: number
  /** -1 for the broker's default. */
  readonly replicationFactor: number
  /** Replicas of each partition, in order of the partitions; null where the controller shall choose. */
  readonly assignments: readonly (readonly number[])[] | null
  readonly configs: ReadonlyMap<string, string>
}

/**
 * Makes a topic that no admin has asked for. Where another node is the controller it throws KafkaError
 * UNKNOWN_TOPIC_OR_PARTITION and has asked for it: whoever wanted it comes again. Throws the KafkaError of whoever
 * refuses it otherwise.
 */
export type CreateTopic = (topic: NewTopic) => Topic
