import { EnvironmentError, KafkaError, UserError } from '../errors.ts'
import { nearName, written, type TopicSeed } from './options.ts'
import type { Broker } from './state/broker.ts'
import { TOPIC_DEFINITIONS } from './state/configs/topic-config-definitions.ts'
import type { NewTopic } from './state/cluster/new-topic.ts'
import { partitionTotalCheck } from './state/topic-creation.ts'

/**
 * Creates the topics that are not there yet; those that are stay as they are, with their partitions and settings. A
 * seed is a name, `NAME:PARTITIONS`, or a TopicSeed. Throws UserError, which names the topic, and EnvironmentError when
 * the disk refuses.
 */
export function createMissingTopics(broker: Broker, seeds: readonly (string | TopicSeed)[]): void {
  const missing = seeds.map(readSeed).filter(({ name }) => !broker.cluster.topic(name))
  const checkTotal = partitionTotalCheck(missing.map(({ numPartitions }) => numPartitions))
  for (const topic of missing) {
    try {
      checkTotal()
      broker.createTopic(topic)
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error
      // Named twice, and made the first time; or asked for of the controller of others, which makes it.
      if (error.code === 'TOPIC_ALREADY_EXISTS' || error.code === 'UNKNOWN_TOPIC_OR_PARTITION') continue
      const message = `topic ${topic.name}: ${error.message}`
      throw error.code === 'KAFKA_STORAGE_ERROR' ? new EnvironmentError(message, error) : new UserError(message)
    }
  }
}

/** Throws UserError. */
function readSeed(seed: string | TopicSeed): NewTopic {
  const { name, partitions = -1, configs = {} } = typeof seed === 'string' ? splitSeed(seed) : seed
  const unknown = Object.keys(configs).find((config) => !TOPIC_DEFINITIONS.has(config))
  if (unknown !== undefined)
    throw new UserError(
      `topic ${name}: ${unknown} is not a setting of a topic${nearName(unknown, TOPIC_DEFINITIONS.keys())}`,
    )
  return {
    name,
    numPartitions: partitions,
    replicationFactor: -1,
    assignments: null,
    configs: new Map(written(configs)),
  }
}

/** A name has no colon in it. */
function splitSeed(seed: string): TopicSeed {
  const [, name, partitions] = /^(.*):(\d+)$/.exec(seed) ?? []
  return name === undefined ? { name: seed } : { name, partitions: Number(partitions) }
}
