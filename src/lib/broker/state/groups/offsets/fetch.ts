import { ERRORS } from '../../../../protocol/errors.ts'
import { staleEpoch } from '../consumer/member.ts'
import type { GroupContext } from '../group-context.ts'
import type { CommittedOffset } from './store.ts'

export interface OffsetReader {
  readonly groupId: string
  readonly memberId: string | null
  readonly memberEpoch: number
  /** Offsets that a transaction may be about to replace are not to be had (KIP-447). */
  readonly requireStable: boolean
}

export interface FetchedPartition {
  readonly partitionIndex: number
  readonly committedOffset: bigint
  readonly committedLeaderEpoch: number
  readonly metadata: string
  /** `UNSTABLE_OFFSET_COMMIT` while a transaction decides. */
  readonly errorCode?: number
}

/** What stands for "nothing committed". */
const NOTHING = { committedOffset: -1n, committedLeaderEpoch: -1, metadata: '' }

/**
 * Throws KafkaError UNKNOWN_MEMBER_ID or STALE_MEMBER_EPOCH for one who claims to be a consumer of the group and is
 * not. Those who are no members may read offsets, as admins do.
 */
export function requireReader(context: GroupContext, { groupId, memberId, memberEpoch }: OffsetReader): void {
  const group = context.groups.get(groupId)
  if (group?.type !== 'consumer' || (memberId === null && memberEpoch < 0)) return
  const member = group.requireMember(memberId ?? '')
  if (memberEpoch !== member.memberEpoch) throw staleEpoch(member)
}

export function fetchOffsets(
  context: GroupContext,
  { groupId, requireStable }: OffsetReader,
  topic: string,
  partitions: readonly number[],
): FetchedPartition[] {
  const topicId = context.topics.topicId(topic)
  return partitions.map((partition) => {
    if (requireStable && context.offsets.isPending(groupId, topic, partition)) return unstable(partition)
    const committed = context.offsets.get(groupId, topic, partition)
    return !committed || isOfAnotherTopic(committed, topicId)
      ? { partitionIndex: partition, ...NOTHING }
      : fetched(partition, committed)
  })
}

/** All topics that a group has offsets in. */
export function fetchAllOffsets(
  context: GroupContext,
  { groupId, requireStable }: OffsetReader,
): { name: string; partitions: FetchedPartition[] }[] {
  const topics = [...context.offsets.ofGroup(groupId)].map(([name, offsets]) => {
    const topicId = context.topics.topicId(name)
    const current = [...offsets].filter(([, committed]) => !isOfAnotherTopic(committed, topicId))
    const isUnstable = (partition: number): boolean =>
      requireStable && context.offsets.isPending(groupId, name, partition)
    return {
      name,
      partitions: current.map(([partition, committed]) =>
        isUnstable(partition) ? unstable(partition) : fetched(partition, committed),
      ),
    }
  })
  return topics.filter(({ partitions }) => partitions.length > 0)
}

/** Committed for a topic that was deleted since, and made anew under the same name. */
function isOfAnotherTopic(committed: CommittedOffset, topicId: string | null): boolean {
  return committed.topicId !== null && topicId !== null && committed.topicId !== topicId
}

const unstable = (partitionIndex: number): FetchedPartition => ({
  partitionIndex,
  ...NOTHING,
  errorCode: ERRORS.UNSTABLE_OFFSET_COMMIT,
})

const fetched = (partitionIndex: number, { offset, leaderEpoch, metadata }: CommittedOffset): FetchedPartition => ({
  partitionIndex,
  committedOffset: offset,
  committedLeaderEpoch: leaderEpoch,
  metadata,
})
