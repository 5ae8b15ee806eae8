import { createTopics } from '../client/admin/create-topics.ts'
import { describeConfigs } from '../client/admin/describe-configs.ts'
import { asKafkaError, itemError } from '../client/admin/item-error.ts'
import type { KafkaClient } from '../client/types.ts'
import { EnvironmentError } from '../errors.ts'

/** As many copies as Confluent's registry wants, where there are so many brokers. */
const REPLICAS = 3

/**
 * Creates the topic that holds the schemas where it is not there. Throws EnvironmentError for one that would lose
 * schemas, or is divided; KafkaError.
 */
export async function ensureSchemasTopic(client: KafkaClient, topic: string, replicas?: number): Promise<void> {
  const { topics, brokers } = await client.metadata([topic])
  const found = topics.find(({ name }) => name === topic)
  const error = itemError(found?.errorCode ?? 0, null)
  if (error?.code === 'UNKNOWN_TOPIC_OR_PARTITION')
    return createTopic(client, topic, replicas ?? Math.min(REPLICAS, brokers.length))
  if (error) throw asKafkaError(error, `Cannot use the topic ${topic}`)
  if (found!.partitions.length !== 1)
    throw new EnvironmentError(
      `the topic ${topic} has ${found!.partitions.length} partitions; a registry needs one that has 1`,
    )
  await checkCompaction(client, topic)
}

async function createTopic(client: KafkaClient, topic: string, replicationFactor: number): Promise<void> {
  const [created] = await createTopics(client, [
    {
      name: topic,
      partitions: 1,
      replicationFactor,
      configs: new Map([['cleanup.policy', 'compact']]),
    },
  ])
  const { error } = created!
  // Another registry may have been faster.
  if (error && error.code !== 'TOPIC_ALREADY_EXISTS') throw asKafkaError(error, `Cannot create the topic ${topic}`)
}

/** Whoever may not look at settings goes on: Confluent's registry does not look either. */
async function checkCompaction(client: KafkaClient, topic: string): Promise<void> {
  const [described] = await describeConfigs(client, [{ type: 'topic', name: topic }], { names: ['cleanup.policy'] })
  const policy = described?.configs.find(({ name }) => name === 'cleanup.policy')?.value
  if (policy !== undefined && policy !== 'compact')
    throw new EnvironmentError(
      `the topic ${topic} has cleanup.policy=${policy} and would lose schemas; set it to compact: kts configs --alter --entity-type topics --entity-name ${topic} --add-config cleanup.policy=compact`,
    )
}
