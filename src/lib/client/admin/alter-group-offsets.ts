import { OffsetCommit, type OffsetCommitResponse } from '../../protocol/apis/offset-commit.ts'
import { ERRORS } from '../../protocol/errors.ts'
import type { KafkaClient } from '../types.ts'
import type { Patience } from './ask-nodes.ts'
import { askCoordinators } from './coordinators.ts'
import { itemError, type ItemError } from './item-error.ts'
import { groupByTopic, partitionName, type TopicPartition } from '../topic-partition.ts'

export interface NewGroupOffsets {
  readonly groupId: string
  readonly offsets: readonly (TopicPartition & { readonly offset: bigint })[]
}

export interface AlteredGroup {
  readonly groupId: string
  /** Of the whole group, or of its first partition that was refused. */
  readonly error: ItemError | null
}

/** How many groups of one coordinator are under way at a time. */
const AT_A_TIME = 100
/** From this version on OffsetCommit names topics by id only (KIP-848). */
const BY_ID = 10

/** Commits offsets on behalf of groups without members. Each group has its own result, in the order asked. */
export async function alterGroupOffsets(
  client: KafkaClient,
  groups: readonly NewGroupOffsets[],
  options: Patience = {},
): Promise<AlteredGroup[]> {
  const topicIds = await findTopicIds(client, groups)
  const ask = (nodeId: number, items: readonly NewGroupOffsets[]): Promise<AlteredGroup[]> =>
    inSlices(items, (group) => commit(client, nodeId, group, topicIds))
  return askCoordinators(client, groups, { ask, fail: ({ groupId }, error) => ({ groupId, error }) }, options)
}

type TopicIds = ReadonlyMap<string, string>

async function findTopicIds(client: KafkaClient, groups: readonly NewGroupOffsets[]): Promise<TopicIds> {
  if ((await client.version(OffsetCommit)) < BY_ID) return new Map()
  const names = new Set(groups.flatMap(({ offsets }) => offsets.map(({ topic }) => topic)))
  const { topics } = await client.metadata([...names])
  return new Map(topics.map(({ name, topicId }) => [name ?? '', topicId]))
}

async function inSlices<T, A>(items: readonly T[], act: (item: T) => Promise<A>): Promise<A[]> {
  const done: A[] = []
  for (let at = 0; at < items.length; at += AT_A_TIME) {
    done.push(...(await Promise.all(items.slice(at, at + AT_A_TIME).map(act))))
  }
  return done
}

async function commit(
  client: KafkaClient,
  nodeId: number,
  { groupId, offsets }: NewGroupOffsets,
  topicIds: TopicIds,
): Promise<AlteredGroup> {
  if (offsets.length === 0) return { groupId, error: null }
  const topics = groupByTopic(offsets).map(({ topic, items }) => ({
    name: topic,
    ...(topicIds.has(topic) && { topicId: topicIds.get(topic)! }),
    partitions: items.map(({ partition, offset }) => ({ partitionIndex: partition, committedOffset: offset })),
  }))
  const response = await client.send(OffsetCommit, { groupId, memberId: '', topics }, { nodeId })
  return { groupId, error: firstError(response, new Map([...topicIds].map(([name, id]) => [id, name]))) }
}

function firstError({ topics }: OffsetCommitResponse, names: ReadonlyMap<string, string>): ItemError | null {
  for (const topic of topics) {
    const refused = topic.partitions.find(({ errorCode }) => errorCode !== 0)
    if (!refused) continue
    const error = itemError(
      refused.errorCode,
      refused.errorCode === ERRORS.UNKNOWN_MEMBER_ID ? 'The group has members by now' : null,
    )!
    const partition = partitionName({
      topic: topic.name || (names.get(topic.topicId) ?? ''),
      partition: refused.partitionIndex,
    })
    return OF_THE_GROUP.has(refused.errorCode)
      ? error
      : { code: error.code, message: `Partition ${partition}: ${error.message}` }
  }
  return null
}

/** Codes that a broker repeats for every partition. */
const OF_THE_GROUP: ReadonlySet<number> = new Set([
  ERRORS.UNKNOWN_MEMBER_ID,
  ERRORS.GROUP_ID_NOT_FOUND,
  ERRORS.INVALID_GROUP_ID,
  ERRORS.GROUP_AUTHORIZATION_FAILED,
  ERRORS.NOT_COORDINATOR,
  ERRORS.COORDINATOR_NOT_AVAILABLE,
  ERRORS.COORDINATOR_LOAD_IN_PROGRESS,
])
