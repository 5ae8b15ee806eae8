import { commit } from '../commit.ts'
import type { GroupContext } from '../group-context.ts'
import type { GroupRecord } from '../records.ts'
import { epochFor } from './advance.ts'
import { canDowngradeWithout, downgrade } from './downgrade.ts'
import type { ConsumerGroup } from './group.ts'
import { memberTombstones, type ConsumerMember } from './member.ts'
import { dropUnusedRegexes } from './subscription.ts'
import { cancelDeadlines, deadlineName, type Deadline } from './timers.ts'

/**
 * Takes members out, because they leave or are not heard of. When only members of the classic protocol stay, the group
 * becomes a classic one. Throws KafkaError when that cannot be written.
 */
export function removeMembers(context: GroupContext, group: ConsumerGroup, leaving: readonly ConsumerMember[]): void {
  if (leaving.length === 0) return
  const ids = new Set(leaving.map(({ memberId }) => memberId))
  if (canDowngradeWithout(context, group, ids)) {
    downgrade(context, group, { leaving: ids, mustRebalance: true })
  } else {
    const records: GroupRecord[] = [...ids].flatMap((memberId) => memberTombstones(group.groupId, memberId))
    const members = [...group.members.values()].filter(({ memberId }) => !ids.has(memberId))
    dropUnusedRegexes(group, members, records)
    // Who stays will ask what its expressions stand for by now.
    epochFor(context, group, true, { members, regexes: group.resolvedRegexes }, records)
    commit(context, group.groupId, records)
  }
  for (const memberId of ids) cancelDeadlines(context, group.groupId, memberId)
}

/**
 * Removes a member that is too late, unless what it was to do has been done; `isStillDue` decides when the time has
 * come.
 */
export function removeAfter(
  context: GroupContext,
  deadline: Deadline,
  groupId: string,
  memberId: string,
  delayMs: number,
  isStillDue: (member: ConsumerMember) => boolean = () => true,
): void {
  context.timers.schedule(
    deadlineName(deadline, groupId, memberId),
    delayMs,
    removal(context, groupId, memberId, isStillDue),
  )
}

/** The same, where a deadline that runs already is kept. */
export function removeAfterFirst(
  context: GroupContext,
  deadline: Deadline,
  groupId: string,
  memberId: string,
  delayMs: number,
): void {
  context.timers.scheduleIfAbsent(
    deadlineName(deadline, groupId, memberId),
    delayMs,
    removal(context, groupId, memberId, () => true),
  )
}

function removal(
  context: GroupContext,
  groupId: string,
  memberId: string,
  isStillDue: (member: ConsumerMember) => boolean,
): () => void {
  return () => {
    const group = context.groups.get(groupId)
    if (group?.type !== 'consumer') return
    const member = group.members.get(memberId)
    if (member && isStillDue(member)) removeMembers(context, group, [member])
  }
}

/** Watches a member's session; a consumer's is the group's, a classic member's is its own. */
export function expectSession(context: GroupContext, groupId: string, member: ConsumerMember): void {
  const { settings, overrides } = context
  const ofGroup = overrides(groupId).consumerSessionTimeoutMs ?? settings.consumerSessionTimeoutMs
  removeAfter(context, 'consumer session', groupId, member.memberId, member.classic?.sessionTimeoutMs ?? ofGroup)
}

/** A member that is to give partitions up has its rebalance timeout for that. */
export function expectRevocation(
  context: GroupContext,
  groupId: string,
  { memberId, memberEpoch, rebalanceTimeoutMs }: ConsumerMember,
): void {
  removeAfter(
    context,
    'consumer rebalance',
    groupId,
    memberId,
    rebalanceTimeoutMs,
    (member) => member.memberEpoch === memberEpoch && member.state === 'UNREVOKED_PARTITIONS',
  )
}
