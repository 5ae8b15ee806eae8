import { KafkaError } from '../../../../errors.ts'
import type { HeartbeatRequest } from '../../../../protocol/apis/heartbeat.ts'
import type { SyncGroupRequest } from '../../../../protocol/apis/sync-group.ts'
import type { LeavingMember, LeftMember } from '../classic/leave.ts'
import type { SyncAnswer } from '../classic/member.ts'
import { CONSUMER_PROTOCOL_TYPE, consumerProtocolVersion } from '../../../../protocol/consumer-protocol.ts'
import { writeAssignment } from '../consumer-protocol.ts'
import type { GroupContext } from '../group-context.ts'
import { coordinatorErrorName } from '../../coordination/error-name.ts'
import { listPartitions } from './assignment.ts'
import { requireStatic } from './enter.ts'
import { expectSession, removeAfterFirst, removeMembers } from './fence.ts'
import type { ConsumerGroup } from './group.ts'
import type { ClassicSession, ConsumerMember } from './member.ts'
import { cancelDeadline } from './timers.ts'

type ClassicConsumer = ConsumerMember & { readonly classic: ClassicSession }

/** Gives a classic member of a consumer group what it has. Throws KafkaError when it has no part in this epoch. */
export function syncConsumerGroup(context: GroupContext, group: ConsumerGroup, request: SyncGroupRequest): SyncAnswer {
  const member = requireClassic(group, request.memberId, request.groupInstanceId, request.generationId)
  const {
    protocols: [first],
  } = member.classic
  const { protocolType, protocolName } = request
  if (
    (protocolType !== null && protocolType !== CONSUMER_PROTOCOL_TYPE) ||
    (protocolName !== null && protocolName !== first!.name)
  ) {
    throw new KafkaError('INCONSISTENT_GROUP_PROTOCOL')
  }
  if (group.assignmentEpoch > member.memberEpoch && member.state !== 'UNREVOKED_PARTITIONS')
    throw rejoin(context, group, member)
  cancelDeadline(context, 'consumer sync', group.groupId, member.memberId)
  expectSession(context, group.groupId, member)
  const assigned = listPartitions(member.assigned).flatMap(({ topicId, partitions }) => {
    const topic = context.topics.topicName(topicId)
    return topic === null ? [] : [{ topic, partitions }]
  })
  return {
    error: 'NONE',
    protocolType,
    protocolName,
    assignment: writeAssignment(assigned, consumerProtocolVersion(first!.metadata)),
  }
}

/**
 * Throws KafkaError; REBALANCE_IN_PROGRESS where there is a new assignment, something to give up, or something to get.
 */
export function heartbeatAsClassic(context: GroupContext, group: ConsumerGroup, request: HeartbeatRequest): void {
  const member = requireClassic(group, request.memberId, request.groupInstanceId, request.generationId)
  expectSession(context, group.groupId, member)
  const mustRejoin =
    member.memberEpoch < group.assignmentEpoch ||
    member.state === 'UNREVOKED_PARTITIONS' ||
    (member.state === 'UNRELEASED_PARTITIONS' && !waitsForOthers(group, member))
  if (mustRejoin) throw rejoin(context, group, member)
}

/** Takes members out of a consumer group, whichever protocol they speak; admins do so. Each has its own error. */
export function leaveConsumerGroup(
  context: GroupContext,
  group: ConsumerGroup,
  members: readonly LeavingMember[],
): LeftMember[] {
  const leaving = new Map<string, ConsumerMember>()
  const left = members.map(({ memberId, groupInstanceId }): LeftMember => {
    try {
      const member = whoLeaves(group, memberId, groupInstanceId)
      if (leaving.has(member.memberId)) throw new KafkaError('UNKNOWN_MEMBER_ID')
      leaving.set(member.memberId, member)
      return { memberId: member.memberId, groupInstanceId, error: 'NONE' }
    } catch (error) {
      return { memberId, groupInstanceId, error: coordinatorErrorName(error) }
    }
  })
  removeMembers(context, group, [...leaving.values()])
  return left
}

function whoLeaves(group: ConsumerGroup, memberId: string, groupInstanceId: string | null): ConsumerMember {
  if (groupInstanceId === null) return group.requireMember(memberId)
  const owner = group.staticMember(groupInstanceId)
  return requireStatic(group, memberId === '' && owner ? owner.memberId : memberId, groupInstanceId)
}

function requireClassic(
  group: ConsumerGroup,
  memberId: string,
  groupInstanceId: string | null,
  generationId: number,
): ClassicConsumer {
  const member =
    groupInstanceId === null ? group.requireMember(memberId) : requireStatic(group, memberId, groupInstanceId)
  const { classic } = member
  if (!classic) throw new KafkaError('UNKNOWN_MEMBER_ID')
  if (member.memberEpoch !== generationId) throw new KafkaError('ILLEGAL_GENERATION')
  return { ...member, classic }
}

/** A member that is asked to join again has its rebalance timeout to do so. */
function rejoin(
  context: GroupContext,
  group: ConsumerGroup,
  { memberId, rebalanceTimeoutMs }: ConsumerMember,
): KafkaError {
  removeAfterFirst(context, 'consumer join', group.groupId, memberId, rebalanceTimeoutMs)
  return new KafkaError('REBALANCE_IN_PROGRESS')
}

/** Whether something of the member's target is with others still. */
function waitsForOthers(group: ConsumerGroup, member: ConsumerMember): boolean {
  return [...group.targetOf(member)].some(([topicId, partitions]) =>
    [...partitions].some(
      (partition) => !member.assigned.get(topicId)?.has(partition) && group.isOwned(topicId, partition),
    ),
  )
}
