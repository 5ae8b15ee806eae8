import { KafkaError } from '../../../../errors.ts'
import type { HeartbeatRequest } from '../../../../protocol/apis/heartbeat.ts'
import type { GroupContext } from '../group-context.ts'
import type { ClassicGroup } from './group.ts'
import { expectHeartbeat } from './rebalance.ts'

/**
 * Throws KafkaError: REBALANCE_IN_PROGRESS asks the member to join again; others tell it that it has no part in the
 * generation.
 */
export function heartbeatClassicGroup(context: GroupContext, group: ClassicGroup, request: HeartbeatRequest): void {
  const member = group.requireMember(request.memberId, request.groupInstanceId)
  if (request.generationId !== group.generationId) throw new KafkaError('ILLEGAL_GENERATION')
  expectHeartbeat(context, group, member)
  if (group.isIn('PreparingRebalance')) throw new KafkaError('REBALANCE_IN_PROGRESS')
}
