import { requireEpoch, requireSense, requireTime } from '../coordination/sense.ts'
import type { GroupRecord, RecordOf } from './records.ts'

const LEAST_MEMBER_EPOCH = -2

/**
 * Throws MalformedError for a record that can be read and yet cannot be: of a partition below 0, of a group without the
 * protocol that its members speak. Coordinators write none, but whoever may write to the topic can.
 */
export function checkRecord(record: GroupRecord): void {
  switch (record.kind) {
    case 'OffsetCommit':
      return checkOffset(record)
    case 'GroupMetadata':
      return checkClassicGroup(record)
    case 'ConsumerGroupMetadata':
      return record.value ? requireEpoch('group epoch', record.value.epoch) : undefined
    case 'ConsumerGroupTargetAssignmentMetadata':
      return checkTarget(record)
    case 'ConsumerGroupTargetAssignmentMember':
      return record.value?.topicPartitions.forEach(({ partitions }) => requirePartitions(partitions))
    case 'ConsumerGroupCurrentMemberAssignment':
      return checkAssignment(record)
    case 'ConsumerGroupMemberMetadata':
      return checkMember(record)
  }
}

function checkOffset({ key: { topic, partition }, value }: RecordOf<'OffsetCommit'>): void {
  requirePartitions([partition])
  requireSense(topic !== '', 'a topic without a name')
  // A client may commit any offset, and give it any time to live.
  if (value) requireTime('commit time', value.commitTimestamp)
}

function checkClassicGroup({ value }: RecordOf<'GroupMetadata'>): void {
  if (!value) return
  const { generation, currentStateTimestamp, members, protocol } = value
  requireEpoch('generation', generation)
  requireTime('state time', currentStateTimestamp)
  requireSense(members.length === 0 || protocol !== null, 'members without a protocol')
  requireUnique(
    'member',
    members.map(({ memberId }) => memberId),
  )
  requireUnique(
    'instance',
    members.flatMap(({ groupInstanceId }) => groupInstanceId ?? []),
  )
  for (const { memberId } of members) requireSense(memberId !== '', 'a member without an id')
}

function checkTarget({ value }: RecordOf<'ConsumerGroupTargetAssignmentMetadata'>): void {
  if (!value) return
  requireEpoch('assignment epoch', value.assignmentEpoch)
  requireTime('assignment time', value.assignmentTimestamp)
}

function checkAssignment({ value }: RecordOf<'ConsumerGroupCurrentMemberAssignment'>): void {
  if (!value) return
  const { memberEpoch, previousMemberEpoch, assignedPartitions, partitionsPendingRevocation } = value
  requireEpoch('member epoch', memberEpoch, LEAST_MEMBER_EPOCH)
  requireEpoch('previous member epoch', previousMemberEpoch, LEAST_MEMBER_EPOCH)
  for (const { partitions } of [...assignedPartitions, ...partitionsPendingRevocation]) requirePartitions(partitions)
}

function checkMember({ key: { memberId }, value }: RecordOf<'ConsumerGroupMemberMetadata'>): void {
  requireSense(memberId !== '', 'a member without an id')
  const classic = value?.classicMemberMetadata
  // Without either it is the default of the field, which stands for none.
  requireSense(
    !classic?.sessionTimeoutMs || classic.supportedProtocols.length > 0,
    'a classic member without a protocol',
  )
}

function requirePartitions(partitions: readonly number[]): void {
  for (const partition of partitions) requireSense(partition >= 0, `partition ${partition}`)
}

function requireUnique(what: string, ids: readonly string[]): void {
  requireSense(new Set(ids).size === ids.length, `a ${what} that is there twice`)
}
