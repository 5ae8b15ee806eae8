import { OffsetCommit } from '../../protocol/apis/offset-commit.ts'
import { OffsetFetch, type OffsetFetchResponse } from '../../protocol/apis/offset-fetch.ts'
import { groupByTopic, partitionName, type TopicPartition } from '../topic-partition.ts'
import type { Coordinator } from '../coordinator.ts'
import { checkGroupError } from './errors.ts'
import type { Membership } from './membership.ts'
import type { GroupSettings } from './settings.ts'

export interface Position extends TopicPartition {
  readonly offset: bigint
  /** -1 when it is not known. */
  readonly leaderEpoch: number
}

/** Versions from 10 on name topics by id only (KIP-848). */
export type TopicIds = (topic: string) => string | undefined

/** Commits positions for a member. Throws KafkaError for the first partition that is refused. */
export async function commitPositions(
  coordinator: Coordinator,
  membership: Membership,
  settings: GroupSettings,
  positions: readonly Position[],
  topicIds: TopicIds,
  options: { timeoutMs?: number } = {},
): Promise<void> {
  const { groupId, groupInstanceId } = settings
  const response = await coordinator.send(
    OffsetCommit,
    {
      groupId,
      generationIdOrMemberEpoch: membership.generation,
      memberId: membership.memberId,
      groupInstanceId,
      topics: groupByTopic(positions).map(({ topic, items }) => ({
        name: topic,
        topicId: topicIds(topic),
        partitions: items.map(({ partition, offset, leaderEpoch }) => ({
          partitionIndex: partition,
          committedOffset: offset,
          committedLeaderEpoch: leaderEpoch,
        })),
      })),
    },
    options,
  )
  for (const topic of response.topics) {
    for (const { errorCode } of topic.partitions) checkGroupError(errorCode, groupId, 'commit offsets of')
  }
}

/** What the group has committed, by partition; partitions without a commit are left out. Throws KafkaError. */
export async function fetchPositions(
  coordinator: Coordinator,
  groupId: string,
  partitions: readonly TopicPartition[],
  topicIds: TopicIds,
  requireStable: boolean,
): Promise<Map<string, Position>> {
  const topics = groupByTopic(partitions).map(({ topic, items }) => ({
    name: topic,
    topicId: topicIds(topic),
    partitionIndexes: items.map(({ partition }) => partition),
  }))
  const version = await coordinator.version(OffsetFetch)
  const response = await coordinator.send(OffsetFetch, {
    // Versions before 7 do not know the flag and have only stable offsets to give.
    requireStable: requireStable && version >= 7,
    ...(version >= 8
      ? { groups: [{ groupId, topics }] }
      : { groupId, topics: topics.map(({ name, partitionIndexes }) => ({ name, partitionIndexes })) }),
  })
  const group = response.groups[0] ?? response
  checkGroupError(group.errorCode, groupId, 'fetch offsets of')
  const names = new Map(topics.map(({ name, topicId }) => [topicId, name]))
  return positionsIn(
    group.topics,
    (topic) => topic.name || names.get('topicId' in topic ? topic.topicId : undefined) || '',
    groupId,
  )
}

type AnsweredTopic = OffsetFetchResponse['topics'][number] | OffsetFetchResponse['groups'][number]['topics'][number]

function positionsIn(
  topics: readonly AnsweredTopic[],
  nameOf: (topic: AnsweredTopic) => string,
  groupId: string,
): Map<string, Position> {
  const positions = new Map<string, Position>()
  for (const answered of topics) {
    const topic = nameOf(answered)
    for (const { partitionIndex, committedOffset, committedLeaderEpoch, errorCode } of answered.partitions) {
      checkGroupError(errorCode, groupId, 'fetch offsets of')
      if (committedOffset < 0n) continue
      positions.set(partitionName({ topic, partition: partitionIndex }), {
        topic,
        partition: partitionIndex,
        offset: committedOffset,
        leaderEpoch: committedLeaderEpoch,
      })
    }
  }
  return positions
}
