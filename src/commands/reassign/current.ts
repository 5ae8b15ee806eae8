import { replicaName } from '../../lib/client/admin/alter-replica-log-dirs.ts'
import { describeLogDirs } from '../../lib/client/admin/describe-log-dirs.ts'
import { describeTopics } from '../../lib/client/admin/describe-topics.ts'
import { asKafkaError } from '../../lib/client/admin/item-error.ts'
import { partitionName, type TopicPartition } from '../../lib/client/topic-partition.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import { KafkaError } from '../../lib/errors.ts'
import { ANY, sortPartitions, type PlannedPartition } from './plan-file.ts'

/** How all partitions of some topics lie. Throws KafkaError for a topic that is not there. */
export async function currentOf(client: KafkaClient, topics: readonly string[]): Promise<PlannedPartition[]> {
  const described = await describeTopics(client, topics)
  for (const { name, error } of described) {
    if (error)
      throw error.code === 'UNKNOWN_TOPIC_OR_PARTITION'
        ? new KafkaError(error.code, `Topic ${name} not found.`)
        : asKafkaError(error, `Cannot describe topic ${name}`)
  }
  const partitions = described.flatMap(({ name, partitions: held }) =>
    held.map(({ partition, replicas }) => ({ topic: name, partition, replicas })),
  )
  const places = await logDirsOf(
    client,
    partitions.flatMap(({ replicas }) => replicas),
  )
  return sortPartitions(
    partitions.map((item) => ({
      ...item,
      logDirs: item.replicas.map((broker) => places.get(replicaName({ ...item, broker }))?.current ?? ANY),
    })),
  )
}

/** How these partitions lie, in their order. Throws KafkaError for one that is not there. */
export async function currentOfPartitions(
  client: KafkaClient,
  wanted: readonly TopicPartition[],
): Promise<PlannedPartition[]> {
  const current = new Map(
    (
      await currentOf(
        client,
        wanted.map(({ topic }) => topic),
      )
    ).map((item) => [partitionName(item), item]),
  )
  const missing = wanted.map(partitionName).filter((name) => !current.has(name))
  if (missing.length > 0)
    throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `Unable to find partition: ${missing.join(', ')}`)
  return wanted.map((item) => current.get(partitionName(item))!)
}

export interface Place {
  /** Undefined where the replica only moves in. */
  readonly current?: string
  /** Where it is being moved to. */
  readonly future?: string
}

/** Where replicas lie on some brokers, by replicaName; those of a broker that is not there are not known. */
export async function logDirsOf(client: KafkaClient, brokers: readonly number[]): Promise<ReadonlyMap<string, Place>> {
  const there = new Set((await client.brokers()).map(({ nodeId }) => nodeId))
  const asked = [...new Set(brokers)].filter((broker) => there.has(broker))
  const found = await Promise.all(
    asked.map(async (broker) =>
      (await describeLogDirs(client, broker)).flatMap(({ path, replicas }) =>
        replicas.map((replica) => ({ name: replicaName({ ...replica, broker }), path, isFuture: replica.isFuture })),
      ),
    ),
  )
  const places = new Map<string, Place>()
  for (const { name, path, isFuture } of found.flat())
    places.set(name, { ...places.get(name), ...(isFuture ? { future: path } : { current: path }) })
  return places
}

/** Throws KafkaError. */
export async function requireBrokers(client: KafkaClient, ids: readonly number[]): Promise<void> {
  const there = (await client.brokers()).map(({ nodeId }) => nodeId)
  const unknown = ids.find((id) => !there.includes(id))
  if (unknown !== undefined) throw new KafkaError('BROKER_NOT_AVAILABLE', `Unknown broker id ${unknown}`)
}
