import type { GroupContext } from '../group-context.ts'
import type { GroupRecord } from '../records.ts'
import type { AssignorName } from '../settings.ts'
import { listPartitions, NO_PARTITIONS, samePartitions, type Partitions } from './assignment.ts'
import { assignRange } from './assignors/range.ts'
import type { Assignor } from './assignors/types.ts'
import { assignUniform } from './assignors/uniform.ts'
import type { ConsumerGroup } from './group.ts'
import type { ConsumerMember } from './member.ts'
import { partitionCounts, topicIdsOf, type Subscriptions } from './subscription.ts'

const ASSIGNORS: Record<AssignorName, Assignor> = { uniform: assignUniform, range: assignRange }

export interface Target {
  readonly epoch: number
  /** The part of the member that asks. */
  readonly partitions: Partitions
}

/**
 * The target of a member: worked out anew for all when the group has a new epoch and the last time is long enough ago
 * (KIP-1263). Adds a record for each member whose part changes.
 */
export function targetFor(
  context: GroupContext,
  group: ConsumerGroup,
  groupEpoch: number,
  member: ConsumerMember,
  subscriptions: Subscriptions,
  records: GroupRecord[],
): Target {
  if (groupEpoch <= group.assignmentEpoch || !isDue(context, group))
    return { epoch: group.assignmentEpoch, partitions: group.targetOf(member) }
  const targets = assign(context, group, subscriptions)
  const { groupId } = group
  for (const [memberId, partitions] of targets) {
    const before = group.targets.get(memberId)
    if (before && samePartitions(before, partitions)) continue
    records.push({
      kind: 'ConsumerGroupTargetAssignmentMember',
      key: { groupId, memberId },
      value: { topicPartitions: listPartitions(partitions) },
    })
  }
  const value = { assignmentEpoch: groupEpoch, assignmentTimestamp: BigInt(context.clock.now()) }
  records.push({ kind: 'ConsumerGroupTargetAssignmentMetadata', key: { groupId }, value })
  return { epoch: groupEpoch, partitions: targets.get(member.memberId) ?? NO_PARTITIONS }
}

function isDue({ clock, settings, overrides }: GroupContext, { groupId, assignmentTimestamp }: ConsumerGroup): boolean {
  const intervalMs = overrides(groupId).consumerAssignmentIntervalMs ?? settings.consumerAssignmentIntervalMs
  return assignmentTimestamp === 0 || intervalMs === 0 || clock.now() >= assignmentTimestamp + intervalMs
}

function assign(
  { topics, settings }: GroupContext,
  group: ConsumerGroup,
  subscriptions: Subscriptions,
): ReadonlyMap<string, Partitions> {
  const preferred = group.preferredAssignor(subscriptions.members)
  const name =
    settings.consumerAssignors.find((known) => known === preferred) ?? settings.consumerAssignors[0] ?? 'uniform'
  const members = subscriptions.members.map((member) => ({
    memberId: member.memberId,
    instanceId: member.instanceId,
    topicIds: topicIdsOf(topics, subscriptions, member),
    assigned: group.targetOf(member),
  }))
  return ASSIGNORS[name]({ members, partitionCounts: partitionCounts(topics, subscriptions) })
}
