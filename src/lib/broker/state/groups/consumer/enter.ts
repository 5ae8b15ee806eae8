import { KafkaError } from '../../../../errors.ts'
import { LEAVE_STATIC_EPOCH } from '../../../../protocol/apis/consumer-group-heartbeat.ts'
import type { GroupContext } from '../group-context.ts'
import type { GroupRecord } from '../records.ts'
import { listPartitions, ownedSince } from './assignment.ts'
import { ConsumerGroup } from './group.ts'
import { currentAssignment, memberMetadata, memberTombstones, newMember, type ConsumerMember } from './member.ts'
import { canUpgrade, upgrade } from './upgrade.ts'

/** The group that a consumer joins. An empty classic group makes room for it; one with members is turned into it. */
export function groupToJoin(
  context: GroupContext,
  groupId: string,
  memberId: string,
  records: GroupRecord[],
): ConsumerGroup {
  const existing = context.groups.get(groupId)
  if (existing?.type === 'consumer') {
    requireRoom(context, existing, memberId)
    return existing
  }
  if (!existing || existing.isEmpty) {
    records.push(...(existing?.tombstones() ?? []))
    return new ConsumerGroup(groupId)
  }
  requireRoom(context, existing, memberId)
  if (!canUpgrade(context, existing))
    throw new KafkaError('GROUP_ID_NOT_FOUND', `Group ${groupId} is not a consumer group.`)
  return upgrade(context, existing)
}

/** Throws KafkaError GROUP_MAX_SIZE_REACHED for one more member than may be. */
export function requireRoom(
  { settings }: GroupContext,
  { members }: { members: ReadonlyMap<string, unknown> },
  memberId: string,
): void {
  if (members.size < settings.consumerMaxSize || members.has(memberId)) return
  throw new KafkaError(
    'GROUP_MAX_SIZE_REACHED',
    `The consumer group has reached its maximum capacity of ${settings.consumerMaxSize} members.`,
  )
}

/**
 * The member that joins with an instance id. Where another has that id, its place is taken, with what it has: by the
 * records that this adds.
 */
export function enterAsStatic(
  group: ConsumerGroup,
  memberId: string,
  instanceId: string,
  usesClassicProtocol: boolean,
  records: GroupRecord[],
): { member: ConsumerMember; replacedId: string | null } {
  const existing = group.staticMember(instanceId)
  if (!existing) return { member: group.members.get(memberId) ?? newMember(memberId), replacedId: null }
  // Between consumers the one before must have left, for a time at least. A classic member may just come back.
  if (!usesClassicProtocol && !existing.classic && existing.memberEpoch !== LEAVE_STATIC_EPOCH) {
    throw new KafkaError(
      'UNRELEASED_INSTANCE_ID',
      `Static member ${memberId} with instance id ${instanceId} cannot join the group because the instance id is owned by ${existing.memberId} member.`,
    )
  }
  const member = {
    ...existing,
    memberId,
    memberEpoch: 0,
    previousMemberEpoch: 0,
    assigned: ownedSince(existing.assigned, 0),
  }
  const { groupId } = group
  records.push(
    ...memberTombstones(groupId, existing.memberId),
    memberMetadata(groupId, member),
    {
      kind: 'ConsumerGroupTargetAssignmentMember',
      key: { groupId, memberId },
      value: { topicPartitions: listPartitions(group.targetOf(existing)) },
    },
    currentAssignment(groupId, member),
  )
  return { member, replacedId: existing.memberId }
}

/** The member that holds an instance id. Throws KafkaError UNKNOWN_MEMBER_ID or FENCED_INSTANCE_ID. */
export function requireStatic(group: ConsumerGroup, memberId: string, instanceId: string): ConsumerMember {
  const member = group.staticMember(instanceId)
  if (!member) throw new KafkaError('UNKNOWN_MEMBER_ID', `Instance id ${instanceId} is unknown.`)
  if (member.memberId !== memberId) {
    throw new KafkaError(
      'FENCED_INSTANCE_ID',
      `Static member ${memberId} with instance id ${instanceId} was fenced by member ${member.memberId}.`,
    )
  }
  return member
}
