import { tableOf, type Column } from '../../lib/output/rows.ts'
import type { DescribedPartition, DescribedTopic } from '../../lib/overview/topics.ts'

export interface Parts {
  readonly topics: boolean
  readonly partitions: boolean
}

/** The lines of kafka-topics --describe: a line for each topic, and one with a tab in front for each partition. */
export function describeAsText(topics: readonly DescribedTopic[], parts: Parts): string {
  return topics
    .map((topic) =>
      [
        ...(parts.topics ? [topicLine(topic)] : []),
        ...(parts.partitions ? topic.partitions.map((partition) => partitionLine(topic.topic, partition)) : []),
      ]
        .map((line) => `${line}\n`)
        .join(''),
    )
    .join('')
}

function topicLine({ topic, topicId, partitionCount, replicationFactor, configs }: DescribedTopic): string {
  return [
    `Topic: ${topic}`,
    ...(topicId === null ? [] : [`TopicId: ${topicId}`]),
    `PartitionCount: ${partitionCount}`,
    `ReplicationFactor: ${replicationFactor}`,
    `Configs: ${listConfigs(configs)}`,
  ].join('\t')
}

function partitionLine(topic: string, partition: DescribedPartition): string {
  const { reassignment, eligibleLeaderReplicas, lastKnownElr } = partition
  return [
    '',
    `Topic: ${topic}`,
    `Partition: ${partition.partition}`,
    `Leader: ${partition.leader ?? 'none'}`,
    `Replicas: ${partition.replicas.join(',')}`,
    `Isr: ${partition.isr.join(',')}`,
    ...(reassignment
      ? [
          `Adding Replicas: ${reassignment.addingReplicas.join(',')}`,
          `Removing Replicas: ${reassignment.removingReplicas.join(',')}`,
        ]
      : []),
    `Elr: ${eligibleLeaderReplicas?.join(',') ?? 'N/A'}`,
    `LastKnownElr: ${lastKnownElr?.join(',') ?? 'N/A'}`,
  ].join('\t')
}

/** One table of topics, one of their partitions. */
export function describeAsTable(topics: readonly DescribedTopic[], parts: Parts): string {
  if (topics.length === 0) return ''
  const rows = topics.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, ...partition })))
  return [
    ...(parts.topics ? [tableOf(topics, TOPIC_COLUMNS, { below: 'CONFIGS', goes: ['TOPIC ID'] })] : []),
    ...(parts.partitions ? [tableOf(rows, PARTITION_COLUMNS, { goes: ['LAST KNOWN ELR', 'ELIGIBLE'] })] : []),
  ].join('\n')
}

const TOPIC_COLUMNS: readonly Column<DescribedTopic>[] = [
  { title: 'TOPIC', value: ({ topic }) => topic },
  { title: 'PARTITIONS', value: ({ partitionCount }) => partitionCount, isNumber: true },
  { title: 'REPLICATION', value: ({ replicationFactor }) => replicationFactor, isNumber: true },
  { title: 'TOPIC ID', value: ({ topicId }) => topicId ?? '' },
  { title: 'CONFIGS', value: ({ configs }) => listConfigs(configs, ' ') },
]

interface Row extends DescribedPartition {
  readonly topic: string
}

const list = (ids: readonly number[] | null | undefined): string => ids?.join(',') ?? ''

const PARTITION_COLUMNS: readonly Column<Row>[] = [
  { title: 'TOPIC', value: ({ topic }) => topic },
  { title: 'PARTITION', value: ({ partition }) => partition, isNumber: true },
  { title: 'LEADER', value: ({ leader }) => leader ?? 'none', isNumber: true },
  { title: 'REPLICAS', value: ({ replicas }) => list(replicas) },
  { title: 'IN SYNC', value: ({ isr }) => list(isr) },
  { title: 'OFFLINE', value: ({ offlineReplicas }) => list(offlineReplicas), isOptional: true },
  { title: 'ELIGIBLE', value: ({ eligibleLeaderReplicas }) => list(eligibleLeaderReplicas), isOptional: true },
  { title: 'LAST KNOWN ELR', value: ({ lastKnownElr }) => list(lastKnownElr), isOptional: true },
  { title: 'ADDING', value: ({ reassignment }) => list(reassignment?.addingReplicas), isOptional: true },
  { title: 'REMOVING', value: ({ reassignment }) => list(reassignment?.removingReplicas), isOptional: true },
]

const listConfigs = (configs: ReadonlyMap<string, string | null>, separator = ','): string =>
  [...configs].map(([name, value]) => `${name}=${value}`).join(separator)
