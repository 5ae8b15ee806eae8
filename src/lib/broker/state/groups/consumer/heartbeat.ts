import { randomUUID } from 'node:crypto'
import { KafkaError } from '../../../../errors.ts'
import {
  LEAVE_STATIC_EPOCH,
  type ConsumerGroupHeartbeatRequest,
} from '../../../../protocol/apis/consumer-group-heartbeat.ts'
import type { Caller } from '../caller.ts'
import { commit } from '../commit.ts'
import type { GroupContext } from '../group-context.ts'
import type { GroupRecord } from '../records.ts'
import { advance } from './advance.ts'
import { isSubset, listPartitions, ownedSince, OWNS_NOTHING, type TopicPartitions } from './assignment.ts'
import { enterAsStatic, groupToJoin, requireStatic } from './enter.ts'
import { expectRevocation, expectSession, removeMembers } from './fence.ts'
import type { ConsumerGroup } from './group.ts'
import { currentAssignment, hasAssignmentChanged, newMember, sortedNames, type ConsumerMember } from './member.ts'
import { cancelDeadline } from './timers.ts'
import { isLeaving, requireValidHeartbeat, requireValidRegex } from './validate.ts'

export interface ConsumerHeartbeatAnswer {
  readonly memberId: string
  readonly memberEpoch: number
  readonly heartbeatIntervalMs: number
  /** Null when it is as the member knows it. */
  readonly assignment: TopicPartitions | null
}

/**
 * Answers a consumer's heartbeat, by which it joins, stays and leaves (KIP-848). Throws KafkaError with a message for
 * its user.
 */
export function heartbeatConsumerGroup(
  context: GroupContext,
  request: ConsumerGroupHeartbeatRequest,
  caller: Caller,
): ConsumerHeartbeatAnswer {
  requireValidHeartbeat(context, request, caller.apiVersion)
  return isLeaving(request) ? leave(context, request) : stay(context, request, caller)
}

function stay(context: GroupContext, request: ConsumerGroupHeartbeatRequest, caller: Caller): ConsumerHeartbeatAnswer {
  const { groupId, memberEpoch, topicPartitions: reported } = request
  const memberId = request.memberId || Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url')
  if (request.subscribedTopicRegex) requireValidRegex(request.subscribedTopicRegex)
  const records: GroupRecord[] = []
  const group = memberEpoch === 0 ? groupToJoin(context, groupId, memberId, records) : requireGroup(context, groupId)
  const { member: before, replacedId } = whoSpeaks(group, memberId, request, records)
  const said = withWhatItSays(before, request, caller)
  const { member, hasAssignmentRecord } = advance(
    context,
    group,
    { before, said, replacedId, reported, mayDescribe: caller.mayDescribe },
    records,
  )
  commit(context, groupId, records)
  markFresh(context, groupId)
  watch(context, groupId, member, hasAssignmentRecord)
  return {
    memberId,
    memberEpoch: member.memberEpoch,
    heartbeatIntervalMs:
      context.overrides(groupId).consumerHeartbeatIntervalMs ?? context.settings.consumerHeartbeatIntervalMs,
    assignment: isFullRequest(request) || hasAssignmentChanged(before, member) ? listPartitions(member.assigned) : null,
  }
}

function requireGroup(context: GroupContext, groupId: string): ConsumerGroup {
  const group = context.groups.get(groupId)
  if (group?.type !== 'consumer') throw new KafkaError('GROUP_ID_NOT_FOUND', `Consumer group ${groupId} not found.`)
  return group
}

function whoSpeaks(
  group: ConsumerGroup,
  memberId: string,
  { memberEpoch, instanceId, topicPartitions }: ConsumerGroupHeartbeatRequest,
  records: GroupRecord[],
): { member: ConsumerMember; replacedId: string | null } {
  if (memberEpoch === 0) {
    if (instanceId !== null) return enterAsStatic(group, memberId, instanceId, false, records)
    return { member: group.members.get(memberId) ?? newMember(memberId), replacedId: null }
  }
  const member = instanceId === null ? group.requireMember(memberId) : requireStatic(group, memberId, instanceId)
  requireEpoch(member, memberEpoch, topicPartitions)
  return { member, replacedId: null }
}

/** The epoch before is let in from a member that has nothing but what it was given: the answer may have been lost. */
function requireEpoch(member: ConsumerMember, received: number, reported: TopicPartitions | null): void {
  if (received === member.memberEpoch) return
  const lostAnAnswer =
    received < member.memberEpoch &&
    received === member.previousMemberEpoch &&
    reported !== null &&
    isSubset(reported, member.assigned)
  if (lostAnAnswer) return
  const relation = received > member.memberEpoch ? 'greater' : 'smaller'
  throw new KafkaError(
    'FENCED_MEMBER_EPOCH',
    `The consumer group member has a ${relation} member epoch (${received}) than the one known by the group coordinator` +
      ` (${member.memberEpoch}). The member must abandon all its partitions and rejoin.`,
  )
}

/** Fields that a member leaves out are as they were. */
function withWhatItSays(
  member: ConsumerMember,
  request: ConsumerGroupHeartbeatRequest,
  { clientId, clientHost }: Caller,
): ConsumerMember {
  return {
    ...member,
    clientId,
    clientHost,
    instanceId: request.instanceId ?? member.instanceId,
    rackId: request.rackId ?? member.rackId,
    rebalanceTimeoutMs: request.rebalanceTimeoutMs === -1 ? member.rebalanceTimeoutMs : request.rebalanceTimeoutMs,
    serverAssignor: request.serverAssignor ?? member.serverAssignor,
    subscribedTopicNames: request.subscribedTopicNames
      ? sortedNames(request.subscribedTopicNames)
      : member.subscribedTopicNames,
    subscribedTopicRegex: request.subscribedTopicRegex ?? member.subscribedTopicRegex,
    classic: null,
  }
}

function isFullRequest(request: ConsumerGroupHeartbeatRequest): boolean {
  const { memberEpoch, rebalanceTimeoutMs, subscribedTopicNames, subscribedTopicRegex, topicPartitions } = request
  return (
    memberEpoch === 0 ||
    (rebalanceTimeoutMs !== -1 &&
      (subscribedTopicNames !== null || subscribedTopicRegex !== null) &&
      topicPartitions !== null)
  )
}

/** The group has looked at its topics as they are now. */
export function markFresh(context: GroupContext, groupId: string): void {
  const group = context.groups.get(groupId)
  if (group?.type === 'consumer') group.isMetadataStale = false
}

function watch(context: GroupContext, groupId: string, member: ConsumerMember, hasChanged: boolean): void {
  expectSession(context, groupId, member)
  if (!hasChanged) return
  if (member.state === 'UNREVOKED_PARTITIONS') expectRevocation(context, groupId, member)
  else cancelDeadline(context, 'consumer rebalance', groupId, member.memberId)
}

function leave(
  context: GroupContext,
  { groupId, memberId, memberEpoch, instanceId }: ConsumerGroupHeartbeatRequest,
): ConsumerHeartbeatAnswer {
  const group = context.groups.get(groupId)
  if (!group) throw new KafkaError('GROUP_ID_NOT_FOUND', `Group ${groupId} not found.`)
  if (group.type !== 'consumer') throw new KafkaError('GROUP_ID_NOT_FOUND', `Group ${groupId} is not a consumer group.`)
  const member = instanceId === null ? group.requireMember(memberId) : requireStatic(group, memberId, instanceId)
  if (memberEpoch === LEAVE_STATIC_EPOCH) leaveForAWhile(context, groupId, member)
  else removeMembers(context, group, [member])
  return { memberId, memberEpoch, heartbeatIntervalMs: 0, assignment: null }
}

/** A static member keeps its partitions until its session ends, or another takes its place. */
function leaveForAWhile(context: GroupContext, groupId: string, member: ConsumerMember): void {
  const away = {
    ...member,
    memberEpoch: LEAVE_STATIC_EPOCH,
    assigned: ownedSince(member.assigned, 0),
    pendingRevocation: OWNS_NOTHING,
  }
  commit(context, groupId, [currentAssignment(groupId, away)])
}
