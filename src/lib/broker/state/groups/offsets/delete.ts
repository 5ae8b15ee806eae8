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
  context: GroupContext,
  groupId: string,
  topics: readonly { name: string; partitions: readonly { partitionIndex: number }[] }[],
): DeletedTopic[] {
  const group = context.groups.get(groupId)
  if (!group) throw new KafkaError('GROUP_ID_NOT_FOUND')
  if (group.type === 'classic' && !group.isEmpty && !group.usesConsumerProtocol) throw new KafkaError('NON_EMPTY_GROUP')
  const answer = topics.map(({ name, partitions }) => {
    const partitionCount = context.topics.partitionCount(name) ?? 0
    const error = group.isSubscribedTo(name) ? 'GROUP_SUBSCRIBED_TO_TOPIC' : 'NONE'
    return {
      name,
      partitions: partitions.map(
        ({ partitionIndex }) =>
          ({
            partitionIndex,
            error: partitionIndex < partitionCount && partitionIndex >= 0 ? error : 'UNKNOWN_TOPIC_OR_PARTITION',
          }) as const,
      ),
    }
  })
  commit(
    context,
    groupId,
    answer.flatMap(({ name, partitions }) =>
      partitions
        .filter(({ partitionIndex, error }) => error === 'NONE' && isKnown(context, groupId, name, partitionIndex))
        .map(({ partitionIndex }) => offsetTombstone(groupId, name, partitionIndex)),
    ),
  )
  return answer
}

/** Forgets what all groups have committed in a topic. What cannot be written now expires in its time. */
export function forgetTopic(context: GroupContext, topic: string): void {
  for (const groupId of [...context.groups.keys()]) {
    tryCommit(
      context,
      groupId,
      offsetTombstones(context, groupId).filter(({ key }) => key.topic === topic),
    )
  }
}

/** Tombstones for everything that a group has committed, or is about to in a transaction. */
export function offsetTombstones({ offsets }: GroupContext, groupId: string): RecordOf<'OffsetCommit'>[] {
  const committed = [...offsets.ofGroup(groupId)].flatMap(([topic, partitions]) =>
    [...partitions.keys()].map((partition): [string, number] => [topic, partition]),
  )
  const pendingOnly = offsets
    .pendingPartitions(groupId)
    .filter(([topic, partition]) => !offsets.get(groupId, topic, partition))
  return [...committed, ...pendingOnly].map(([topic, partition]) => offsetTombstone(groupId, topic, partition))
}

function isKnown({ offsets }: GroupContext, groupId: string, topic: string, partition: number): boolean {
  return offsets.get(groupId, topic, partition) !== undefined || offsets.isPending(groupId, topic, partition)
}

export function offsetTombstone(groupId: string, topic: string, partition: number): RecordOf<'OffsetCommit'> {
  return tombstone('OffsetCommit', { group: groupId, topic, partition })
}
