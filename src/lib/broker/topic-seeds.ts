import { KafkaError, UserError } from '../errors.ts'
import type { Broker } from './state/broker.ts'
import { createTopic, partitionTotalCheck, planTopic, type NewTopic } from './state/topic-creation.ts'

export interface TopicSeed {
  readonly name: string
  /** By default as many as `num.partitions` says. */
  readonly partitions?: number
  /** Settings of the topic, e.g. `{ 'cleanup.policy': 'compact' }`. */
  readonly configs?: Readonly<Record<string, string | number | boolean>>
}

/**
 * Creates the topics that are not there yet; those that are stay as they are, with their partitions and settings. A
 * seed is a name, `NAME:PARTITIONS`, or a TopicSeed. Throws UserError, which names the topic, and KafkaError
 * KAFKA_STORAGE_ERROR when the disk refuses.
 */
export function createMissingTopics(broker: Broker, seeds: readonly (string | TopicSeed)[]): void {
  const missing = seeds.map(readSeed).filter(({ name }) => !broker.cluster.topic(name))
  const checkTotal = partitionTotalCheck(missing.map(({ numPartitions }) => numPartitions))
  for (const topic of missing) {
    try {
      checkTotal()
      createTopic(broker, planTopic(broker, topic))
    } catch (error) {
      if (!(error instanceof KafkaError) || error.code === 'KAFKA_STORAGE_ERROR') throw error
      if (error.code !== 'TOPIC_ALREADY_EXISTS') throw new UserError(`topic ${topic.name}: ${error.message}`)
    }
  }
}

/** Throws UserError. */
function readSeed(seed: string | TopicSeed): NewTopic {
  const { name, partitions, configs = {} } = typeof seed === 'string' ? splitSeed(seed) : seed
  if (partitions !== undefined && !(Number.isInteger(partitions) && partitions > 0))
    throw new UserError(`topic ${name}: ${partitions} is not a number of partitions`)
  return {
    name,
    numPartitions: partitions ?? -1,
    replicationFactor: -1,
    assignments: null,
    configs: new Map(Object.entries(configs).map(([key, value]) => [key, String(value)])),
  }
}

/** A name has no colon in it. */
function splitSeed(seed: string): TopicSeed {
  const [, name, partitions] = /^(.*):(\d+)$/.exec(seed) ?? []
  return name === undefined ? { name: seed } : { name, partitions: Number(partitions) }
}
