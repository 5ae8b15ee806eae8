import { randomUUID } from 'node:crypto'
import type { JoinGroupRequest } from '../../../../protocol/apis/join-group.ts'
import type { ErrorName } from '../../../../protocol/errors.ts'
import type { Caller } from '../caller.ts'
import { commit } from '../commit.ts'
import { coordinatorErrorName } from '../../coordination/error-name.ts'
import type { GroupContext } from '../group-context.ts'
import { Parked } from '../parked.ts'
import { ClassicGroup } from './group.ts'
import { ClassicMember, type JoinAnswer } from './member.ts'
import { completeJoinIfReady, expectHeartbeat, expectMember, rebalanceOrCompleteJoin } from './rebalance.ts'
import { groupMetadata } from './records.ts'
import { rejoinStatic } from './rejoin-static.ts'

/** From this version of JoinGroup on, a dynamic member is given its id before it joins (KIP-394). */
export const MEMBER_ID_REQUIRED_FROM = 4
/** A new member does not know its id until its join is answered, so no heartbeat of its can come before. */
const NEW_MEMBER_JOIN_TIMEOUT_MS = 5 * 60 * 1_000

export const refuseJoin = (error: ErrorName, memberId = ''): JoinAnswer => ({ error, memberId })

/** Answers when the generation that the member will be in is complete. */
export function joinClassicGroup(
  context: GroupContext,
  request: JoinGroupRequest,
  caller: Caller,
): JoinAnswer | Promise<JoinAnswer> {
  const group = openGroup(context, request)
  if (!group) return refuseJoin('UNKNOWN_MEMBER_ID', request.memberId)
  if (!hasRoomFor(context, group, request.memberId)) {
    group.remove(request.memberId)
    completeJoinIfReady(context, group)
    return refuseJoin('GROUP_MAX_SIZE_REACHED')
  }
  if (!group.supportsProtocols(request.protocolType, request.protocols))
    return refuseJoin('INCONSISTENT_GROUP_PROTOCOL', request.memberId)
  return request.memberId === ''
    ? joinNewcomer(context, group, request, caller)
    : joinKnown(context, group, request, caller)
}

/** The group to join. It is made when it is not there, but not for a member that claims to have been in it. */
function openGroup(context: GroupContext, { groupId, memberId }: JoinGroupRequest): ClassicGroup | null {
  const existing = context.groups.get(groupId)
  if (existing?.type === 'classic') return existing
  if (memberId !== '') return null
  const group = new ClassicGroup(groupId, { state: 'Empty', stateTimestamp: context.clock.now() })
  // An empty consumer group makes room for a classic one.
  commit(context, groupId, [...(existing?.tombstones() ?? []), groupMetadata(group)])
  context.groups.set(groupId, group)
  return group
}

/** During a rebalance those who have joined count, so that a group that is too large gets rid of the last to come. */
function hasRoomFor(context: GroupContext, group: ClassicGroup, memberId: string): boolean {
  const { maxSize } = context.settings
  switch (group.state) {
    case 'Empty':
    case 'Dead':
      return true
    case 'PreparingRebalance':
      return !!group.members.get(memberId)?.awaitingJoin || group.awaitingJoin < maxSize
    default:
      return group.members.has(memberId) || group.members.size < maxSize
  }
}

function joinNewcomer(
  context: GroupContext,
  group: ClassicGroup,
  request: JoinGroupRequest,
  caller: Caller,
): JoinAnswer | Promise<JoinAnswer> {
  const { groupInstanceId, sessionTimeoutMs } = request
  const memberId = `${groupInstanceId ?? caller.clientId}-${randomUUID()}`
  if (groupInstanceId !== null) {
    const isKnown = group.staticMemberId(groupInstanceId) !== undefined
    return isKnown
      ? rejoinStatic(context, group, request, memberId, caller)
      : addMember(context, group, request, memberId, caller)
  }
  if (caller.apiVersion < MEMBER_ID_REQUIRED_FROM) return addMember(context, group, request, memberId, caller)
  group.pendingJoin.add(memberId)
  expectMember(context, group, memberId, sessionTimeoutMs)
  return refuseJoin('MEMBER_ID_REQUIRED', memberId)
}

function joinKnown(
  context: GroupContext,
  group: ClassicGroup,
  request: JoinGroupRequest,
  caller: Caller,
): JoinAnswer | Promise<JoinAnswer> {
  const { memberId, groupInstanceId, protocols } = request
  if (group.pendingJoin.has(memberId)) {
    if (groupInstanceId !== null) return refuseJoin('UNKNOWN_MEMBER_ID', memberId)
    return addMember(context, group, request, memberId, caller)
  }
  let member: ClassicMember
  try {
    member = group.requireMember(memberId, groupInstanceId)
  } catch (error) {
    return refuseJoin(coordinatorErrorName(error), memberId)
  }
  // A member that lost the answer gets it again. In a stable group a join of the leader asks for a new assignment.
  const hasAllItNeeds =
    member.matches(protocols) &&
    (group.isIn('CompletingRebalance') || (group.isIn('Stable') && !group.isLeader(memberId)))
  return hasAllItNeeds ? currentGeneration(group, memberId) : updateMember(context, group, member, request)
}

function currentGeneration(group: ClassicGroup, memberId: string): JoinAnswer {
  return {
    error: 'NONE',
    memberId,
    generationId: group.generationId,
    protocolType: group.protocolType,
    protocolName: group.protocolName,
    leader: group.leaderId ?? '',
    members: group.isLeader(memberId) ? group.joinedMembers() : [],
  }
}

function addMember(
  context: GroupContext,
  group: ClassicGroup,
  request: JoinGroupRequest,
  memberId: string,
  { clientId, clientHost }: Caller,
): Promise<JoinAnswer> {
  const { groupInstanceId, protocolType, protocols, rebalanceTimeoutMs, sessionTimeoutMs } = request
  const identity = { memberId, groupInstanceId, protocolType, clientId, clientHost }
  const member = new ClassicMember(identity, rebalanceTimeoutMs, sessionTimeoutMs, protocols)
  member.isNew = true
  if (group.isIn('PreparingRebalance') && group.previousState === 'Empty') group.newMemberAdded = true
  const parked = new Parked<JoinAnswer>()
  group.add(member, parked)
  expectHeartbeat(context, group, member, NEW_MEMBER_JOIN_TIMEOUT_MS)
  rebalanceOrCompleteJoin(context, group)
  return parked.promise
}

function updateMember(
  context: GroupContext,
  group: ClassicGroup,
  member: ClassicMember,
  request: JoinGroupRequest,
): Promise<JoinAnswer> {
  const parked = new Parked<JoinAnswer>()
  group.update(member, request.protocols, request.rebalanceTimeoutMs, request.sessionTimeoutMs)
  group.park(member, parked)
  rebalanceOrCompleteJoin(context, group)
  return parked.promise
}
