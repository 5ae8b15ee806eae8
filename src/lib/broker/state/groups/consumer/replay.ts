import { LEAVE_EPOCH } from '../../../../protocol/apis/consumer-group-heartbeat.ts'
import type { GroupContext } from '../group-context.ts'
import type { GroupRecord } from '../records.ts'
import { OWNS_NOTHING, partitionsOf } from './assignment.ts'
import { ConsumerGroup } from './group.ts'
import { newMember, withAssignment, withMetadata } from './member.ts'

type ConsumerRecord = Exclude<GroupRecord, { kind: 'OffsetCommit' | 'GroupMetadata' }>

/** Does what a record of a consumer group says. */
export function applyConsumerRecord(context: GroupContext, record: ConsumerRecord): void {
  const { groupId } = record.key
  const group = record.value === null ? existingGroup(context, groupId) : groupFor(context, groupId)
  if (!group) return
  switch (record.kind) {
    case 'ConsumerGroupMetadata':
      return applyEpoch(context, group, record)
    case 'ConsumerGroupMemberMetadata':
      return applyMember(group, record)
    case 'ConsumerGroupTargetAssignmentMetadata':
      group.assignmentEpoch = record.value?.assignmentEpoch ?? 0
      group.assignmentTimestamp = Number(record.value?.assignmentTimestamp ?? 0n)
      return
    case 'ConsumerGroupTargetAssignmentMember':
      if (record.value) group.targets.set(record.key.memberId, partitionsOf(record.value.topicPartitions))
      else group.targets.delete(record.key.memberId)
      return
    case 'ConsumerGroupCurrentMemberAssignment':
      return applyAssignment(group, record)
    case 'ConsumerGroupRegularExpression':
      if (record.value) group.resolvedRegexes.set(record.key.regularExpression, new Set(record.value.topics))
      else group.resolvedRegexes.delete(record.key.regularExpression)
  }
}

function existingGroup(context: GroupContext, groupId: string): ConsumerGroup | null {
  const group = context.groups.get(groupId)
  return group?.type === 'consumer' ? group : null
}

/**
 * A simple group, which only holds offsets, makes room. Any other group of the classic type has had its tombstone
 * before.
 */
function groupFor(context: GroupContext, groupId: string): ConsumerGroup {
  const existing = existingGroup(context, groupId)
  if (existing) return existing
  const group = new ConsumerGroup(groupId)
  context.groups.set(groupId, group)
  return group
}

function applyEpoch(
  context: GroupContext,
  group: ConsumerGroup,
  { value }: Extract<ConsumerRecord, { kind: 'ConsumerGroupMetadata' }>,
): void {
  if (!value) {
    context.groups.delete(group.groupId)
    return
  }
  group.groupEpoch = value.epoch
  group.metadataHash = value.metadataHash
}

function applyMember(
  group: ConsumerGroup,
  { key, value }: Extract<ConsumerRecord, { kind: 'ConsumerGroupMemberMetadata' }>,
): void {
  if (value) group.putMember(withMetadata(group.members.get(key.memberId) ?? newMember(key.memberId), value))
  else group.removeMember(key.memberId)
}

function applyAssignment(
  group: ConsumerGroup,
  record: Extract<ConsumerRecord, { kind: 'ConsumerGroupCurrentMemberAssignment' }>,
): void {
  const {
    key: { memberId },
    value,
  } = record
  const member = group.members.get(memberId)
  if (value) return group.putMember(withAssignment(member ?? newMember(memberId), value))
  if (member) {
    group.putMember({
      ...member,
      memberEpoch: LEAVE_EPOCH,
      previousMemberEpoch: LEAVE_EPOCH,
      assigned: OWNS_NOTHING,
      pendingRevocation: OWNS_NOTHING,
    })
  }
}
