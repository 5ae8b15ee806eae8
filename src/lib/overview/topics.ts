import { KafkaError } from '../errors.ts'
import { describeConfigs, type ConfigEntry } from '../client/admin/describe-configs.ts'
import type { PartitionDescription, TopicDescription } from '../client/admin/describe-topics.ts'
import type { ItemError } from '../client/admin/item-error.ts'
import { listPartitionReassignments, type PartitionReassignment } from '../client/admin/list-partition-reassignments.ts'
import type { KafkaClient } from '../client/types.ts'

export interface DescribedTopic {
  readonly topic: string
  /** Null where the broker has no topic ids. */
  readonly topicId: string | null
  readonly internal: boolean
  readonly partitionCount: number
  readonly replicationFactor: number
  /** The settings that differ from Kafka's defaults, whatever set them. */
  readonly configs: ReadonlyMap<string, string | null>
  readonly partitions: readonly DescribedPartition[]
}

export interface DescribedPartition {
  readonly partition: number
  readonly leader: number | null
  readonly replicas: readonly number[]
  readonly isr: readonly number[]
  readonly offlineReplicas: readonly number[]
  /** Null where the broker does not tell. */
  readonly eligibleLeaderReplicas: readonly number[] | null
  readonly lastKnownElr: readonly number[] | null
  /** Only while the partition is being reassigned. */
  readonly reassignment?: { readonly addingReplicas: readonly number[]; readonly removingReplicas: readonly number[] }
}

/** What can be known of one topic; without configs where they cannot be read. */
export interface CollectedTopic {
  readonly topic: string
  readonly description: TopicDescription
  readonly configs: readonly ConfigEntry[]
  readonly reassignments: ReadonlyMap<string, PartitionReassignment>
  readonly error: ItemError | null
}

/** What a partition is meant to have, reassignments aside. */
export interface WantedReplicas {
  readonly replicationFactor: number
  readonly minIsr: number
}

/** Which partitions are worth showing. */
export type PartitionTest = (partition: PartitionDescription, wanted: WantedReplicas) => boolean

/** The settings and reassignments of topics that have been described. */
export async function collectTopics(
  client: KafkaClient,
  descriptions: readonly TopicDescription[],
): Promise<CollectedTopic[]> {
  const [collected, reassignments] = await Promise.all([addConfigs(client, descriptions), findReassignments(client)])
  return collected.map((topic) => ({ ...topic, reassignments }))
}

async function addConfigs(
  client: KafkaClient,
  descriptions: readonly TopicDescription[],
): Promise<Omit<CollectedTopic, 'reassignments'>[]> {
  const resources = descriptions.filter(({ error }) => !error).map(({ name }) => ({ type: 'topic', name }) as const)
  const described = resources.length > 0 ? await describeConfigs(client, resources) : []
  const byName = new Map(described.map((config) => [config.name, config]))
  return descriptions.map((description) => {
    const config = byName.get(description.name)
    const partitionError = description.error ?? config?.error ?? null
    return { topic: description.name, description, configs: config?.configs ?? [], error: partitionError }
  })
}

/** Brokers before 2.4 do not know them, and not everybody may ask: neither stops a description. */
async function findReassignments(client: KafkaClient): Promise<ReadonlyMap<string, PartitionReassignment>> {
  try {
    const reassignments = await listPartitionReassignments(client)
    return new Map(
      reassignments.map((reassignment) => [`${reassignment.topic}-${reassignment.partition}`, reassignment]),
    )
  } catch (error) {
    const isHarmless =
      error instanceof KafkaError && ['UNSUPPORTED_VERSION', 'CLUSTER_AUTHORIZATION_FAILED'].includes(error.code)
    if (isHarmless) return new Map()
    throw error
  }
}

/** All partitions of a topic, or those that a test lets through. */
export function describeTopic(
  { description, configs, reassignments }: CollectedTopic,
  isShown: PartitionTest | null,
): DescribedTopic {
  const { name, topicId, isInternal, partitions } = description
  const minIsr = Number(configs.find((config) => config.name === 'min.insync.replicas')?.value ?? 1)
  const items = partitions.map((partition) => {
    const reassignment = reassignments.get(`${name}-${partition.partition}`)
    return { partition, reassignment, replicationFactor: replicationFactor(partition.replicas, reassignment) }
  })
  const shown = items.filter(({ partition, ...wanted }) => !isShown || isShown(partition, { ...wanted, minIsr }))
  return {
    topic: name,
    topicId,
    internal: isInternal,
    partitionCount: partitions.length,
    replicationFactor: items[0]?.replicationFactor ?? 0,
    configs: new Map(
      configs.filter(({ source }) => source !== 'DEFAULT_CONFIG').map((config) => [config.name, config.value]),
    ),
    partitions: shown.map(({ partition, reassignment }) => describePartition(partition, reassignment)),
  }
}

function describePartition(
  partition: PartitionDescription,
  reassignment: PartitionReassignment | undefined,
): DescribedPartition {
  const { leaderEpoch: _, ...described } = partition
  if (!reassignment) return described
  const { addingReplicas, removingReplicas } = reassignment
  return { ...described, reassignment: { addingReplicas, removingReplicas } }
}

/**
 * While a partition is moved it has more replicas than it is meant to; one that has ended since it was listed does not
 * count.
 */
function replicationFactor(replicas: readonly number[], reassignment: PartitionReassignment | undefined): number {
  const changing = reassignment ? [...reassignment.addingReplicas, ...reassignment.removingReplicas] : []
  const isUnderWay = replicas.some((id) => changing.includes(id))
  return reassignment && isUnderWay
    ? reassignment.replicas.length - reassignment.addingReplicas.length
    : replicas.length
}
