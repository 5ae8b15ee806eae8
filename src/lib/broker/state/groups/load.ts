import { expectHeartbeat, prepareRebalance } from './classic/rebalance.ts'
import { expectRevocation, expectSession } from './consumer/fence.ts'
import type { GroupContext } from './group-context.ts'
import { scheduleExpiry } from './offsets/expiry.ts'
import { applyRecord, applyTransactionEnd } from './replay.ts'

/** Takes up the groups that the state topic tells of, and gives their members a session timeout to be heard of. */
export function loadGroups(context: GroupContext): void {
  for (const entry of context.log.replay()) {
    if (entry.type === 'record') applyRecord(context, entry.record, entry.producerId)
    else applyTransactionEnd(context, entry.partition, entry.producerId, entry.committed)
  }
  for (const group of [...context.groups.values()]) {
    if (group.type === 'consumer') {
      for (const member of group.members.values()) {
        expectSession(context, group.groupId, member)
        if (member.state === 'UNREVOKED_PARTITIONS' && !member.classic) expectRevocation(context, group.groupId, member)
      }
      continue
    }
    for (const member of group.members.values()) expectHeartbeat(context, group, member)
    // `group.max.size` may be smaller now: whoever joins last is out.
    if (group.members.size > context.settings.maxSize) prepareRebalance(context, group)
  }
  scheduleExpiry(context)
}

/** Lets go of all groups, and sends those who wait to look for another coordinator. */
export function unloadGroups(context: GroupContext): void {
  context.timers.cancelAll()
  for (const group of context.groups.values()) {
    if (group.type === 'consumer') continue
    group.transitionTo('Dead', context.clock.now())
    for (const member of group.members.values()) {
      group.answerJoin(member, { error: 'NOT_COORDINATOR', memberId: member.memberId })
      member.answerSync({ error: 'NOT_COORDINATOR' })
    }
  }
  context.groups.clear()
  context.offsets.clear()
}
