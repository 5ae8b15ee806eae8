import type { GroupContext } from '../group-context.ts'
import type { GroupRecord } from '../records.ts'
import type { TopicPartitions } from './assignment.ts'
import type { ConsumerGroup } from './group.ts'
import { currentAssignment, isReconciledTo, memberMetadata, sameMember, type ConsumerMember } from './member.ts'
import { reconcile } from './reconcile.ts'
import { metadataHash, partitionCounts, resolveRegexes, topicIdsOf, type Subscriptions } from './subscription.ts'
import { targetFor } from './target.ts'

export interface Advance {
  /** The member as it is known; a blank one for a newcomer. */
  readonly before: ConsumerMember
  /** The same with what it has just said of itself. */
  readonly said: ConsumerMember
  /** The member whose instance it takes over. */
  readonly replacedId: string | null
  /** What it says that it has; null when it says nothing. */
  readonly reported: TopicPartitions | null
  /** Its regular expressions stand for topics that it may describe. */
  mayDescribe(topic: string): boolean
}

export interface Advanced {
  readonly member: ConsumerMember
  readonly groupEpoch: number
  readonly hasAssignmentRecord: boolean
}

/**
 * What one word of a member sets in motion: a changed subscription makes a new group epoch, a new epoch a new target,
 * and the member takes a step towards its own. Adds the records; nothing changes before they are committed.
 */
export function advance(
  context: GroupContext,
  group: ConsumerGroup,
  { before, said, replacedId, reported, mayDescribe }: Advance,
  records: GroupRecord[],
): Advanced {
  const { groupId } = group
  if (!sameMember(before, said)) records.push(memberMetadata(groupId, said))
  const isChanged = !sameSubscription(before, said)
  if (!isChanged && isSettled(group, said))
    return { member: said, groupEpoch: group.groupEpoch, hasAssignmentRecord: false }
  const members = membersWith(group, said, replacedId)
  const regexes =
    isChanged || group.isMetadataStale
      ? resolveRegexes(context, group, members, mayDescribe, records)
      : group.resolvedRegexes
  const subscriptions = { members, regexes }
  const groupEpoch =
    isChanged || group.isMetadataStale ? epochFor(context, group, isChanged, subscriptions, records) : group.groupEpoch
  const target = targetFor(context, group, groupEpoch, said, subscriptions, records)
  if (!isChanged && isReconciledTo(said, target.epoch)) return { member: said, groupEpoch, hasAssignmentRecord: false }
  const member = reconcile(said, {
    targetEpoch: target.epoch,
    target: target.partitions,
    subscribedTopicIds: topicIdsOf(context.topics, subscriptions, said),
    hasSubscriptionChanged: isChanged,
    reported,
    isOwned: (topicId, partition) => group.isOwned(topicId, partition),
  })
  const hasAssignmentRecord = !sameMember(said, member)
  if (hasAssignmentRecord) records.push(currentAssignment(groupId, member))
  return { member, groupEpoch, hasAssignmentRecord }
}

/** The epoch that a group has after its subscriptions or their topics have changed. */
export function epochFor(
  context: GroupContext,
  group: ConsumerGroup,
  mustBump: boolean,
  subscriptions: Subscriptions,
  records: GroupRecord[],
): number {
  const hash = metadataHash(partitionCounts(context.topics, subscriptions))
  if (!mustBump && hash === group.metadataHash) return group.groupEpoch
  const epoch = group.groupEpoch + 1
  records.push({ kind: 'ConsumerGroupMetadata', key: { groupId: group.groupId }, value: { epoch, metadataHash: hash } })
  return epoch
}

/** What most heartbeats find: nothing to do. */
function isSettled(group: ConsumerGroup, member: ConsumerMember): boolean {
  return (
    !group.isMetadataStale &&
    group.groupEpoch === group.assignmentEpoch &&
    isReconciledTo(member, group.assignmentEpoch)
  )
}

function sameSubscription(a: ConsumerMember, b: ConsumerMember): boolean {
  return (
    a.subscribedTopicRegex === b.subscribedTopicRegex &&
    a.subscribedTopicNames.length === b.subscribedTopicNames.length &&
    a.subscribedTopicNames.every((name, index) => name === b.subscribedTopicNames[index])
  )
}

function membersWith(group: ConsumerGroup, member: ConsumerMember, replacedId: string | null): ConsumerMember[] {
  const members = new Map(group.members)
  if (replacedId !== null) members.delete(replacedId)
  return [...members.set(member.memberId, member).values()]
}
