import { KafkaError } from '../../../../errors.ts'
import type { JoinGroupRequest } from '../../../../protocol/apis/join-group.ts'
import type { Caller } from '../caller.ts'
import { coordinatorErrorName } from '../../coordination/error-name.ts'
import type { GroupContext } from '../group-context.ts'
import { Parked } from '../parked.ts'
import type { ClassicGroup } from './group.ts'
import type { ClassicMember, JoinAnswer } from './member.ts'
import { expectHeartbeat, prepareRebalance, rebalanceOrCompleteJoin } from './rebalance.ts'
import { groupMetadata } from './records.ts'

/** From this version of JoinGroup on, a leader that comes back may be told not to assign partitions (KIP-814). */
const SKIP_ASSIGNMENT_FROM = 9

/**
 * A static member has come back without its id, after a restart (KIP-345): it takes the place of the one before.
 * A stable group goes on as it is, unless the member's protocols would change the one that is in use.
 */
export function rejoinStatic(
  context: GroupContext,
  group: ClassicGroup,
  request: JoinGroupRequest,
  newMemberId: string,
  caller: Caller,
): JoinAnswer | Promise<JoinAnswer> {
  const { groupInstanceId, protocols, rebalanceTimeoutMs, sessionTimeoutMs } = request
  const leaderBefore = group.leaderId ?? ''
  const oldMemberId = group.staticMemberId(groupInstanceId!)!
  const member = group.replaceStatic(groupInstanceId!, newMemberId)
  const before = {
    protocols: member.protocols,
    rebalanceTimeoutMs: member.rebalanceTimeoutMs,
    sessionTimeoutMs: member.sessionTimeoutMs,
  }
  expectHeartbeat(context, group, member)
  group.update(member, protocols, rebalanceTimeoutMs, sessionTimeoutMs)
  if (group.isIn('Stable') && group.protocolName === group.selectProtocol()) {
    try {
      context.log.append([groupMetadata(group)])
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error
      group.update(member, before.protocols, before.rebalanceTimeoutMs, before.sessionTimeoutMs)
      expectHeartbeat(context, group, group.replaceStatic(groupInstanceId!, oldMemberId))
      return { error: coordinatorErrorName(error), memberId: '' }
    }
    return currentGeneration(group, member, caller.apiVersion, leaderBefore)
  }
  const parked = new Parked<JoinAnswer>()
  group.park(member, parked)
  // After the join the leader may be assigning to the old id just now, and the new one would be left without.
  if (group.isIn('CompletingRebalance')) prepareRebalance(context, group)
  else rebalanceOrCompleteJoin(context, group)
  return parked.promise
}

/**
 * Before KIP-814 the answer names the leader of old: a member that reads its own name there would assign partitions.
 */
function currentGeneration(
  group: ClassicGroup,
  member: ClassicMember,
  apiVersion: number,
  leaderBefore: string,
): JoinAnswer {
  const { memberId } = member
  const answer = {
    error: 'NONE',
    memberId,
    generationId: group.generationId,
    protocolType: group.protocolType,
    protocolName: group.protocolName,
  } as const
  if (apiVersion < SKIP_ASSIGNMENT_FROM) return { ...answer, leader: leaderBefore }
  const isLeader = group.isLeader(memberId)
  return {
    ...answer,
    leader: group.leaderId ?? '',
    skipAssignment: isLeader,
    members: isLeader ? group.joinedMembers() : [],
  }
}
