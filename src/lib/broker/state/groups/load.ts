import type { ReplayedEntry } from '../coordination/coordinator-log.ts'
import type { ShardKind } from '../coordination/shards.ts'
import { expectHeartbeat, prepareRebalance } from './classic/rebalance.ts'
import { expectRevocation, expectSession } from './consumer/fence.ts'
import type { GroupContext, SharedGroupContext } from './group-context.ts'
import { GroupReport } from './group-report.ts'
import { scheduleExpiry } from './offsets/expiry.ts'
import { OffsetStore } from './offsets/store.ts'
import { decodeRecord, encodeRecord, type GroupRecord } from './records.ts'
import { applyRecord } from './replay.ts'

/** How the groups of one partition are taken up, and let go. */
export const groupShards = (
  shared: SharedGroupContext,
  info: ((line: string) => void) | undefined,
): ShardKind<GroupRecord, GroupContext> => ({
  codec: { encode: encodeRecord, decode: decodeRecord },
  open: (shard) => ({ ...shared, ...shard, groups: new Map(), offsets: new OffsetStore() }),
  replay: applyEntry,
  start(context) {
    startGroups(context)
    if (info) context.report = new GroupReport(info, context.topics, context.groups.values())
  },
  close: closeGroups,
})

function applyEntry(context: GroupContext, entry: ReplayedEntry<GroupRecord>): void {
  if (entry.type === 'record') applyRecord(context, entry.record, entry.producerId)
  else context.offsets.endTransaction(entry.producerId, entry.committed)
}

/** Gives the members of groups that were read back a session timeout to be heard of. */
function startGroups(context: GroupContext): void {
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

/** Sends those who wait to look for another coordinator. */
function closeGroups({ groups, clock }: GroupContext): void {
  for (const group of groups.values()) {
    if (group.type === 'consumer') continue
    group.transitionTo('Dead', clock.now())
    for (const member of group.members.values()) {
      group.answerJoin(member, { error: 'NOT_COORDINATOR', memberId: member.memberId })
      member.answerSync({ error: 'NOT_COORDINATOR' })
    }
  }
  groups.clear()
}
