import { KafkaError } from '../../../../errors.ts'
import type { ErrorName } from '../../../../protocol/errors.ts'
import { commit, tryCommit } from '../commit.ts'
import type { GroupContext } from '../group-context.ts'
import { tombstone, type RecordOf } from '../records.ts'

export interface DeletedTopic {
  readonly name: string
  readonly partitions: { readonly partitionIndex: number; readonly error: ErrorName }[]
}

/**
 * Forgets committed offsets, but none of topics that the group is subscribed to.
 * Throws KafkaError GROUP_ID_NOT_FOUND, and NON_EMPTY_GROUP for an active group that does not say what it reads.
 */
export function deleteOffsets(
  context: GroupContext, groupId: string, topics: readonly { name: string; partitions: readonly { partitionIndex: number }[] }[],
): DeletedTopic[] {
  const group = context.groups.get(groupId)
  if (!group) throw new KafkaError('GROUP_ID_NOT_FOUND')
  if (group.type === 'classic' && !group.isEmpty && !group.usesConsumerProtocol) throw new KafkaError('NON_EMPTY_GROUP')
  const answer = topics.map(({ name, partitions }) => {
    const partitionCount = context.topics.partitionCount(name) ?? 0
    const error = group.isSubscribedTo(name) ? 'GROUP_SUBSCRIBED_TO_TOPIC' : 'NONE'
    return { name, partitions: partitions.map(({ partitionIndex }) =>
      ({ partitionIndex, error: partitionIndex < partitionCount && partitionIndex >= 0 ? error : 'UNKNOWN_TOPIC_OR_PARTITION' } as const)) }
  })
  commit(context, groupId, answer.flatMap(({ name, partitions }) => partitions
    .filter(({ partitionIndex, error }) => error === 'NONE' && context.offsets.get(groupId, name, partitionIndex))
    .map(({ partitionIndex }) => offsetTombstone(groupId, name, partitionIndex))))
  return answer
}

/** Forgets what all groups have committed in a topic. What cannot be written now expires in its time. */
export function forgetTopic(context: GroupContext, topic: string): void {
  for (const groupId of [...context.offsets.groupIds()]) {
    const partitions = [...context.offsets.ofGroup(groupId).get(topic)?.keys() ?? []]
    tryCommit(context, groupId, partitions.map((partition) => offsetTombstone(groupId, topic, partition)))
  }
}

/** Tombstones for everything that a group has committed. */
export function offsetTombstones(context: GroupContext, groupId: string): RecordOf<'OffsetCommit'>[] {
  return [...context.offsets.ofGroup(groupId)].flatMap(([topic, partitions]) =>
    [...partitions.keys()].map((partition) => offsetTombstone(groupId, topic, partition)))
}

export function offsetTombstone(groupId: string, topic: string, partition: number): RecordOf<'OffsetCommit'> {
  return tombstone('OffsetCommit', { groupId, topic, partition })
}
