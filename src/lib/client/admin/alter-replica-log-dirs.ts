import { AlterReplicaLogDirs } from '../../protocol/apis/alter-replica-log-dirs.ts'
import type { KafkaClient } from '../types.ts'
import { itemError, type ItemError } from './item-error.ts'
import { groupByTopic, partitionName, type TopicPartition } from '../topic-partition.ts'

/** One replica of a partition, and a folder of its broker. */
export interface ReplicaLogDir extends TopicPartition {
  readonly broker: number
  readonly logDir: string
}

/** Has replicas moved to other folders of their brokers (KIP-113). Answers in the order of the items. */
export async function alterReplicaLogDirs(
  client: KafkaClient,
  items: readonly ReplicaLogDir[],
): Promise<(ReplicaLogDir & { error: ItemError | null })[]> {
  const brokers = [...new Set(items.map(({ broker }) => broker))]
  const answers = new Map(
    (
      await Promise.all(
        brokers.map((broker) =>
          ask(
            client,
            broker,
            items.filter((item) => item.broker === broker),
          ),
        ),
      )
    ).flat(),
  )
  return items.map((item) => ({ ...item, error: answers.get(replicaName(item)) ?? null }))
}

async function ask(
  client: KafkaClient,
  broker: number,
  items: readonly ReplicaLogDir[],
): Promise<[string, ItemError | null][]> {
  const paths = [...new Set(items.map(({ logDir }) => logDir))]
  const dirs = paths.map((path) => ({
    path,
    topics: groupByTopic(items.filter(({ logDir }) => logDir === path)).map(({ topic, items: moved }) => ({
      name: topic,
      partitions: moved.map(({ partition }) => partition),
    })),
  }))
  const { results } = await client.send(AlterReplicaLogDirs, { dirs }, { nodeId: broker })
  return results.flatMap(({ topicName, partitions }) =>
    partitions.map(({ partitionIndex, errorCode }): [string, ItemError | null] => [
      replicaName({ topic: topicName, partition: partitionIndex, broker }),
      itemError(errorCode),
    ]),
  )
}

/** `topic-partition-broker`, as Kafka writes it. */
export const replicaName = ({ broker, ...partition }: TopicPartition & { readonly broker: number }): string =>
  `${partitionName(partition)}-${broker}`
