import { KafkaError, MalformedError } from '../../../../errors.ts'
import type { ClassicGroup } from '../classic/group.ts'
import type { ClassicMember } from '../classic/member.ts'
import { cancelHeartbeat } from '../classic/rebalance.ts'
import { commit } from '../commit.ts'
import type { ConsumerAssignment, ConsumerSubscription } from '../../../../protocol/consumer-protocol.ts'
import { readAssignment, readSubscription } from '../consumer-protocol.ts'
import type { GroupContext } from '../group-context.ts'
import { ownedSince, listPartitions, type OwnedPartitions } from './assignment.ts'
import { expectSession } from './fence.ts'
import type { ConsumerGroup } from './group.ts'
import { currentAssignment, memberMetadata, newMember, sortedNames, type ConsumerMember } from './member.ts'

/** Whether a consumer may turn this classic group into a consumer group by joining it. */
export function canUpgrade({ settings }: GroupContext, group: ClassicGroup): boolean {
  return (
    (settings.consumerMigrationPolicy === 'bidirectional' || settings.consumerMigrationPolicy === 'upgrade') &&
    group.usesConsumerProtocol &&
    group.members.size <= settings.consumerMaxSize
  )
}

/**
 * Makes a consumer group of a classic one. Its members stay, with what they have; they are told to join again, and get
 * their part of the new assignment by that. Throws KafkaError GROUP_ID_NOT_FOUND when members say what cannot be
 * understood.
 */
export function upgrade(context: GroupContext, classic: ClassicGroup): ConsumerGroup {
  const { groupId, generationId: epoch } = classic
  const members = [...classic.members.values()].map((member) => consumerMember(context, classic, member))
  commit(context, groupId, [
    ...classic.tombstones(),
    ...members.map((member) => memberMetadata(groupId, member)),
    { kind: 'ConsumerGroupMetadata', key: { groupId }, value: { epoch, metadataHash: 0n } },
    ...members.map((member) => ({
      kind: 'ConsumerGroupTargetAssignmentMember' as const,
      key: { groupId, memberId: member.memberId },
      value: { topicPartitions: listPartitions(member.assigned) },
    })),
    {
      kind: 'ConsumerGroupTargetAssignmentMetadata',
      key: { groupId },
      value: { assignmentEpoch: epoch, assignmentTimestamp: 0n },
    },
    ...members.map((member) => currentAssignment(groupId, member)),
  ])
  for (const member of classic.members.values()) {
    cancelHeartbeat(context, classic, member.memberId)
    classic.answerJoin(member, { error: 'REBALANCE_IN_PROGRESS', memberId: member.memberId })
    member.answerSync({ error: 'REBALANCE_IN_PROGRESS' })
  }
  for (const member of members) expectSession(context, groupId, member)
  return context.groups.get(groupId) as ConsumerGroup
}

function consumerMember(context: GroupContext, group: ClassicGroup, member: ClassicMember): ConsumerMember {
  const { memberId, groupInstanceId, clientId, clientHost, rebalanceTimeoutMs, sessionTimeoutMs, protocols } = member
  const { groupId, generationId } = group
  const { subscription, assignment } = readEmbedded(
    groupId,
    member.metadata(group.protocolName ?? group.selectProtocol()),
    member.assignment,
  )
  return {
    ...newMember(memberId),
    instanceId: groupInstanceId,
    clientId,
    clientHost,
    rebalanceTimeoutMs,
    rackId: subscription.rackId || null,
    subscribedTopicNames: sortedNames(subscription.topics),
    classic: { sessionTimeoutMs, protocols },
    memberEpoch: generationId,
    previousMemberEpoch: generationId,
    assigned: knownPartitions(context, assignment, generationId),
  }
}

function readEmbedded(
  groupId: string,
  metadata: Buffer,
  assigned: Buffer,
): { subscription: ConsumerSubscription; assignment: ConsumerAssignment } {
  try {
    const assignment = readAssignment(assigned)
    if (assignment.userData?.length) throw cannotUpgrade(groupId, 'an unsupported custom assignor is in use')
    return { subscription: readSubscription(metadata), assignment }
  } catch (error) {
    if (error instanceof MalformedError) throw cannotUpgrade(groupId, 'the embedded consumer protocol is malformed')
    throw error
  }
}

function knownPartitions(
  { topics }: GroupContext,
  { assignedPartitions }: ConsumerAssignment,
  since: number,
): OwnedPartitions {
  return ownedSince(
    new Map(
      assignedPartitions.flatMap(({ topic, partitions }) => {
        const topicId = topics.topicId(topic)
        return topicId === null ? [] : [[topicId, new Set(partitions)] as const]
      }),
    ),
    since,
  )
}

const cannotUpgrade = (groupId: string, reason: string): KafkaError =>
  new KafkaError(
    'GROUP_ID_NOT_FOUND',
    `Cannot upgrade the classic group ${groupId} to consumer group because ${reason}.`,
  )
