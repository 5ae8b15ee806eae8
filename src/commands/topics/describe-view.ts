import { renderTable } from '../../lib/output/table.ts'
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
  const tables = [...(parts.topics ? [topicTable(topics)] : []), ...(parts.partitions ? [partitionTable(topics)] : [])]
  return topics.length === 0 ? '' : tables.join('\n')
}

function topicTable(topics: readonly DescribedTopic[]): string {
  return renderTable(
    ['TOPIC', 'PARTITIONS', 'REPLICATION', 'TOPIC ID', 'CONFIGS'],
    topics.map(({ topic, partitionCount, replicationFactor, topicId, configs }) => [
      topic,
      `${partitionCount}`,
      `${replicationFactor}`,
      topicId ?? '',
      listConfigs(configs, ' '),
    ]),
    { right: [1, 2], below: 'CONFIGS', goes: ['TOPIC ID'] },
  )
}

interface Column {
  readonly head: string
  cell(topic: DescribedTopic, partition: DescribedPartition): string
  /** Left out where it would be empty throughout. */
  readonly isOptional?: boolean
}

const COLUMNS: readonly Column[] = [
  { head: 'TOPIC', cell: ({ topic }) => topic },
  { head: 'PARTITION', cell: (_, { partition }) => `${partition}` },
  { head: 'LEADER', cell: (_, { leader }) => `${leader ?? 'none'}` },
  { head: 'REPLICAS', cell: (_, { replicas }) => replicas.join(',') },
  { head: 'IN SYNC', cell: (_, { isr }) => isr.join(',') },
  { head: 'OFFLINE', cell: (_, { offlineReplicas }) => offlineReplicas.join(','), isOptional: true },
  {
    head: 'ELIGIBLE',
    cell: (_, { eligibleLeaderReplicas }) => eligibleLeaderReplicas?.join(',') ?? '',
    isOptional: true,
  },
  { head: 'LAST KNOWN ELR', cell: (_, { lastKnownElr }) => lastKnownElr?.join(',') ?? '', isOptional: true },
  { head: 'ADDING', cell: (_, { reassignment }) => reassignment?.addingReplicas.join(',') ?? '', isOptional: true },
  { head: 'REMOVING', cell: (_, { reassignment }) => reassignment?.removingReplicas.join(',') ?? '', isOptional: true },
]

function partitionTable(topics: readonly DescribedTopic[]): string {
  const items = topics.flatMap((topic) => topic.partitions.map((partition) => [topic, partition] as const))
  const columns = COLUMNS.filter(({ isOptional, cell }) => !isOptional || items.some((item) => cell(...item) !== ''))
  return renderTable(
    columns.map(({ head }) => head),
    items.map((item) => columns.map(({ cell }) => cell(...item))),
    { right: [1, 2], goes: ['LAST KNOWN ELR', 'ELIGIBLE'] },
  )
}

const listConfigs = (configs: ReadonlyMap<string, string | null>, separator = ','): string =>
  [...configs].map(([name, value]) => `${name}=${value}`).join(separator)
