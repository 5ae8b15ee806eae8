import { KafkaError } from '../../../../errors.ts'
import type { LeaveGroupRequest } from '../../../../protocol/apis/leave-group.ts'
import type { ErrorName } from '../../../../protocol/errors.ts'
import type { GroupContext } from '../group-context.ts'
import { coordinatorErrorName } from '../../coordination/error-name.ts'
import type { ClassicGroup } from './group.ts'
import { cancelHeartbeat, completeJoinIfReady, rebalanceOrCompleteJoin } from './rebalance.ts'

export type LeavingMember = Pick<LeaveGroupRequest['members'][number], 'memberId' | 'groupInstanceId'>

export interface LeftMember extends LeavingMember {
  readonly error: ErrorName
}

/** Takes members out, by id or, as admins do, by instance id alone. Each has its own error. */
export function leaveClassicGroup(
  context: GroupContext,
  group: ClassicGroup,
  members: readonly LeavingMember[],
): LeftMember[] {
  const left = members.map(({ memberId, groupInstanceId }) => ({
    memberId,
    groupInstanceId,
    error: leave(context, group, memberId, groupInstanceId),
  }))
  if (left.some(({ error }) => error === 'NONE')) {
    if (group.isIn('Stable', 'CompletingRebalance')) rebalanceOrCompleteJoin(context, group)
    else completeJoinIfReady(context, group)
  }
  return left
}

function leave(
  context: GroupContext,
  group: ClassicGroup,
  memberId: string,
  groupInstanceId: string | null,
): ErrorName {
  try {
    const known = whoLeaves(group, memberId, groupInstanceId)
    group.remove(known)
    cancelHeartbeat(context, group, known)
    return 'NONE'
  } catch (error) {
    return coordinatorErrorName(error)
  }
}

function whoLeaves(group: ClassicGroup, memberId: string, groupInstanceId: string | null): string {
  if (group.pendingJoin.has(memberId)) return memberId
  if (memberId !== '' || groupInstanceId === null) return group.requireMember(memberId, groupInstanceId).memberId
  const known = group.staticMemberId(groupInstanceId)
  if (known === undefined) throw new KafkaError('UNKNOWN_MEMBER_ID')
  return known
}
