import type { GroupContext } from '../group-context.ts'
import { timerName } from '../../coordination/timers.ts'

/**
 * What a member of a consumer group may be too late with. `join` and `sync` are for those who speak the classic
 * protocol.
 */
export type Deadline = 'consumer session' | 'consumer rebalance' | 'consumer join' | 'consumer sync'

const DEADLINES: readonly Deadline[] = ['consumer session', 'consumer rebalance', 'consumer join', 'consumer sync']

export function deadlineName(deadline: Deadline, groupId: string, memberId: string): string {
  return timerName(deadline, groupId, memberId)
}

export function cancelDeadline(context: GroupContext, deadline: Deadline, groupId: string, memberId: string): void {
  context.timers.cancel(deadlineName(deadline, groupId, memberId))
}

export function cancelDeadlines(context: GroupContext, groupId: string, memberId: string): void {
  for (const deadline of DEADLINES) cancelDeadline(context, deadline, groupId, memberId)
}
