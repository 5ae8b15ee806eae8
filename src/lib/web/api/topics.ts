import { describeConfigs } from '../../client/admin/describe-configs.ts'
import { describeLogDirs } from '../../client/admin/describe-log-dirs.ts'
import { describeTopics } from '../../client/admin/describe-topics.ts'
import { asKafkaError } from '../../client/admin/item-error.ts'
import { listOffsets } from '../../client/admin/list-offsets.ts'
import { partitionName, type TopicPartition } from '../../client/topic-partition.ts'
import type { KafkaClient } from '../../client/types.ts'
import { isExpected } from '../../errors.ts'
import { OFFSET_SPECS } from '../../protocol/apis/list-offsets.ts'
import type { MetadataResponse } from '../../protocol/apis/metadata.ts'
import { longOf } from '../long.ts'
import type { ConfigView, TopicCount, TopicView } from '../wire.ts'

interface Extent {
  readonly startOffset: bigint | null
  readonly endOffset: bigint | null
}

/** By the name of the partition; null where its leader does not answer. */
async function extentsOf(
  client: KafkaClient,
  partitions: readonly TopicPartition[],
): Promise<ReadonlyMap<string, Extent>> {
  const find = (spec: 'earliest' | 'latest') =>
    listOffsets(
      client,
      partitions.map(({ topic, partition }) => ({ topic, partition, timestamp: OFFSET_SPECS[spec].timestamp })),
    )
  const [starts, ends] = await Promise.all([find('earliest'), find('latest')])
  return new Map(
    partitions.map((partition, index) => {
      const [start, end] = [starts[index]!, ends[index]!]
      return [
        partitionName(partition),
        { startOffset: start.error ? null : start.offset, endOffset: end.error ? null : end.offset },
      ]
    }),
  )
}

/** Bytes on disk of each replica, by broker and partition; nothing of brokers that do not tell. */
export async function replicaSizes(client: KafkaClient): Promise<ReadonlyMap<string, bigint>> {
  const brokers = await client.brokers()
  const found = await Promise.all(
    brokers.map(async ({ nodeId }) => ({ nodeId, logDirs: await describeLogDirs(client, nodeId).catch(none) })),
  )
  return new Map(
    found.flatMap(({ nodeId, logDirs }) =>
      logDirs
        .flatMap(({ replicas }) => replicas.filter(({ isFuture }) => !isFuture))
        .map((replica) => [`${nodeId}:${partitionName(replica)}`, replica.sizeInBytes] as const),
    ),
  )
}

/** A broker that is away, or that one may not ask, tells no sizes. */
function none(error: unknown): never[] {
  if (!isExpected(error)) throw error
  return []
}

/** What is not known from the list: how much there is in some topics. */
export async function topicCounts(
  client: KafkaClient,
  { topics }: MetadataResponse,
  names: readonly string[],
  sizes: ReadonlyMap<string, bigint>,
): Promise<TopicCount[]> {
  const wanted = topics.filter(({ name }) => name !== null && names.includes(name))
  const partitions = wanted.flatMap(({ name, partitions: known }) =>
    known.map(({ partitionIndex, replicaNodes }) => ({ topic: name!, partition: partitionIndex, replicaNodes })),
  )
  const extents = await extentsOf(client, partitions)
  return wanted.map(({ name }) => {
    const own = partitions.filter(({ topic }) => topic === name)
    const records = own.map((partition) => lengthOf(extents.get(partitionName(partition))!))
    const bytes = own.flatMap((partition) =>
      partition.replicaNodes.map((nodeId) => sizes.get(`${nodeId}:${partitionName(partition)}`) ?? null),
    )
    return { topic: name!, records: sum(records), bytes: sum(bytes) }
  })
}

const lengthOf = ({ startOffset, endOffset }: Extent): bigint | null =>
  startOffset === null || endOffset === null ? null : endOffset - startOffset

const sum = (values: readonly (bigint | null)[]): string | null =>
  values.includes(null) ? null : String(values.reduce<bigint>((total, value) => total + value!, 0n))

/** Throws KafkaError. */
export async function topicView(
  client: KafkaClient,
  name: string,
  sizes: ReadonlyMap<string, bigint>,
): Promise<TopicView> {
  const [description] = await describeTopics(client, [name])
  const { error, topicId, isInternal, partitions } = description!
  if (error) throw asKafkaError(error, `Cannot describe topic ${name}`)
  const named = partitions.map((partition) => ({ topic: name, ...partition }))
  const extents = await extentsOf(client, named)
  return {
    topic: name,
    topicId,
    isInternal,
    replicationFactor: partitions[0]?.replicas.length ?? 0,
    partitions: named.map(({ topic, partition, leader, replicas, isr }) => {
      const { startOffset, endOffset } = extents.get(partitionName({ topic, partition }))!
      return {
        partition,
        leader,
        replicas,
        isr,
        startOffset: longOf(startOffset),
        endOffset: longOf(endOffset),
        bytes: longOf(sizes.get(`${leader}:${partitionName({ topic, partition })}`) ?? null),
      }
    }),
  }
}

/** The settings of a topic, by name. Throws KafkaError. */
export async function topicConfigs(client: KafkaClient, topic: string): Promise<ConfigView[]> {
  const [described] = await describeConfigs(client, [{ type: 'topic', name: topic }], { includeSynonyms: true })
  const { error, configs } = described!
  if (error) throw asKafkaError(error, `Cannot read the settings of topic ${topic}`)
  return configs.map(({ name, value, source, isReadOnly, isSensitive, synonyms }) => ({
    name,
    value: isSensitive ? null : value,
    source,
    isReadOnly,
    isSensitive,
    inherited: synonyms.find((synonym) => synonym.source !== 'DYNAMIC_TOPIC_CONFIG')?.value ?? null,
  }))
}
