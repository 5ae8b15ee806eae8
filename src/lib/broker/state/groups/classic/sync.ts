import { KafkaError } from '../../../../errors.ts'
import type { SyncGroupRequest } from '../../../../protocol/apis/sync-group.ts'
import type { GroupContext } from '../group-context.ts'
import { coordinatorErrorName } from '../../coordination/error-name.ts'
import { Parked } from '../parked.ts'
import type { ClassicGroup } from './group.ts'
import { NO_ASSIGNMENT, type SyncAnswer } from './member.ts'
import { expectHeartbeat, failSyncs, noteSynced, rebalanceOrCompleteJoin } from './rebalance.ts'
import { groupMetadata } from './records.ts'

/** Answers when the leader has sent the assignment. Throws KafkaError for one who has no part in this generation. */
export function syncClassicGroup(
  context: GroupContext,
  group: ClassicGroup,
  request: SyncGroupRequest,
): SyncAnswer | Promise<SyncAnswer> {
  const { memberId, groupInstanceId, generationId } = request
  const member = group.requireMember(memberId, groupInstanceId)
  if (generationId !== group.generationId) throw new KafkaError('ILLEGAL_GENERATION')
  requireProtocol(request.protocolType, group.protocolType)
  requireProtocol(request.protocolName, group.protocolName)
  if (group.isIn('PreparingRebalance')) throw new KafkaError('REBALANCE_IN_PROGRESS')
  if (group.isIn('Stable')) {
    noteSynced(context, group, memberId)
    return {
      error: 'NONE',
      protocolType: group.protocolType,
      protocolName: group.protocolName,
      assignment: member.assignment,
    }
  }
  const parked = new Parked<SyncAnswer>()
  member.parkSync(parked)
  noteSynced(context, group, memberId)
  if (group.isLeader(memberId)) distribute(context, group, request.assignments)
  return parked.promise
}

/** From version 5 on a member says what it believes to be in use (KIP-559); older ones say nothing. */
function requireProtocol(claimed: string | null, actual: string | null): void {
  if (claimed !== null && actual !== null && claimed !== actual) throw new KafkaError('INCONSISTENT_GROUP_PROTOCOL')
}

/** Stores the leader's assignment and gives everyone theirs; members that it left out get none. */
function distribute(context: GroupContext, group: ClassicGroup, assignments: SyncGroupRequest['assignments']): void {
  const byMember = new Map(assignments.map(({ memberId, assignment }) => [memberId, assignment]))
  // A copy: what came in is a view of the whole request.
  for (const member of group.members.values())
    member.assignment = Buffer.from(byMember.get(member.memberId) ?? NO_ASSIGNMENT)
  try {
    context.log.append([groupMetadata(group)])
  } catch (error) {
    failSyncs(context, group, coordinatorErrorName(error))
    return rebalanceOrCompleteJoin(context, group)
  }
  group.transitionTo('Stable', context.clock.now())
  context.report?.onChanged(group)
  for (const member of group.members.values()) {
    const { protocolType, protocolName } = group
    if (member.answerSync({ error: 'NONE', protocolType, protocolName, assignment: member.assignment }))
      expectHeartbeat(context, group, member)
  }
}
