import { describeConfigs, type ConfigEntry } from '../../lib/client/admin/describe-configs.ts'
import {
  describeTopicIds,
  describeTopics as describeNames,
  NO_TOPIC_ID,
  type PartitionDescription,
  type TopicDescription,
} from '../../lib/client/admin/describe-topics.ts'
import type { ItemError } from '../../lib/client/admin/item-error.ts'
import {
  listPartitionReassignments,
  type PartitionReassignment,
} from '../../lib/client/admin/list-partition-reassignments.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Result } from '../../lib/command/define.ts'
import type { Action, Work } from '../../lib/work/command.ts'
import { KafkaError, UserError } from '../../lib/errors.ts'
import { describeAsTable, describeAsText, type DescribedPartition, type DescribedTopic } from './describe-view.ts'
import { findTopics, requireTopics } from './find-topics.ts'
import { healthFilter } from './health.ts'
import { checkDescribe, ANY_TOPICS, type TopicsValues } from './options.ts'
import { settleTopics } from './settle.ts'

/** What can be known of one topic; without configs where they cannot be read. */
interface Collected {
  readonly topic: string
  readonly description: TopicDescription
  readonly configs: readonly ConfigEntry[]
  readonly error: ItemError | null
}

export const describeTopics: Action<TopicsValues> = {
  about: 'Show partitions, leaders, replicas and settings.',
  words: ANY_TOPICS,
  check: checkDescribe,
  run: describeMatching,
}

async function describeMatching(work: Work<TopicsValues>): Promise<Result> {
  const { client, values } = work
  const descriptions = await findDescriptions(work)
  const [collected, reassignments] = await Promise.all([addConfigs(client, descriptions), findReassignments(client)])
  const exitCode = await settleTopics(work, collected, 'describe')
  const liveBrokers = new Set(client.nodes().map(({ nodeId }) => nodeId))
  const isShown = healthFilter(values, liveBrokers)
  const topics = collected
    .filter(({ description }) => description.error === null)
    .map((item) => describe(item, reassignments, isShown))
    .filter(({ configs, partitions }) =>
      values.topicsWithOverrides ? configs.size > 0 : !isShown || partitions.length > 0,
    )
  const parts = { topics: isShown === null, partitions: !values.topicsWithOverrides }
  return {
    data: parts.partitions ? topics : topics.map((topic) => ({ ...topic, partitions: [] })),
    text: () => describeAsText(topics, parts),
    table: () => describeAsTable(topics, parts),
    exitCode,
  }
}

/** A topic id wins over a name, unless it is the zero id, which stands for none. */
async function findDescriptions(work: Work<TopicsValues>): Promise<TopicDescription[]> {
  const { client, values } = work
  if (values.topicId !== undefined && values.topicId !== NO_TOPIC_ID) return describeById(work, values.topicId)
  const names = (await requireTopics(work)).map(({ name }) => name)
  const limit = values.partitionSizeLimitPerResponse
  return describeNames(client, names, limit === undefined ? {} : { partitionsPerResponse: limit })
}

async function describeById(
  { client, values, context: { style } }: Work<TopicsValues>,
  topicId: string,
): Promise<TopicDescription[]> {
  if (!/^[A-Za-z0-9_-]{22}$/.test(topicId)) {
    throw new UserError(`--topic-id ${topicId} is not a topic id: 22 letters, digits, "-" and "_"`)
  }
  const { excludeInternal, ifExists } = values
  const visible = await findTopics(client, { excludeInternal }, style)
  if (visible.some((topic) => topic.topicId === topicId)) return describeTopicIds(client, [topicId])
  if (ifExists) return []
  throw new KafkaError('UNKNOWN_TOPIC_ID', `There is no topic with the id ${topicId} (UNKNOWN_TOPIC_ID)`)
}

async function addConfigs(client: KafkaClient, descriptions: readonly TopicDescription[]): Promise<Collected[]> {
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

function describe(
  { description, configs }: Collected,
  reassignments: ReadonlyMap<string, PartitionReassignment>,
  isShown: ReturnType<typeof healthFilter>,
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
