import { GROUP_METADATA, OFFSET_COMMIT } from '../../../protocol/internal-records/classic-groups.ts'
import {
  CONSUMER_GROUP_CURRENT_MEMBER_ASSIGNMENT,
  CONSUMER_GROUP_MEMBER_METADATA,
  CONSUMER_GROUP_METADATA,
  CONSUMER_GROUP_REGULAR_EXPRESSION,
  CONSUMER_GROUP_TARGET_ASSIGNMENT_MEMBER,
  CONSUMER_GROUP_TARGET_ASSIGNMENT_METADATA,
} from '../../../protocol/internal-records/consumer-groups.ts'
import { RecordCodec, type NamedRecord } from '../coordination/record-codec.ts'
import { requireEpoch, requireSense, requireTime } from '../coordination/sense.ts'
import type { StateRecord } from '../coordination/state-topic.ts'

const RECORDS = {
  OffsetCommit: OFFSET_COMMIT,
  GroupMetadata: GROUP_METADATA,
  ConsumerGroupMetadata: CONSUMER_GROUP_METADATA,
  ConsumerGroupMemberMetadata: CONSUMER_GROUP_MEMBER_METADATA,
  ConsumerGroupTargetAssignmentMetadata: CONSUMER_GROUP_TARGET_ASSIGNMENT_METADATA,
  ConsumerGroupTargetAssignmentMember: CONSUMER_GROUP_TARGET_ASSIGNMENT_MEMBER,
  ConsumerGroupCurrentMemberAssignment: CONSUMER_GROUP_CURRENT_MEMBER_ASSIGNMENT,
  ConsumerGroupRegularExpression: CONSUMER_GROUP_REGULAR_EXPRESSION,
}

type RecordKind = keyof typeof RECORDS
export type RecordOf<K extends RecordKind> = NamedRecord<typeof RECORDS, K>
export type RecordValue<K extends RecordKind> = NonNullable<RecordOf<K>['value']>

/** A record of the coordinator's state, by name. A null value is a tombstone: what the key stands for is gone. */
export type GroupRecord = { [K in RecordKind]: RecordOf<K> }[RecordKind]

/** Commits written before Kafka 0.8.2 have the same key under another number. */
const LEGACY_OFFSET_COMMIT = 0

const LEAST_MEMBER_EPOCH = -2

const codec = new RecordCodec(RECORDS, [[LEGACY_OFFSET_COMMIT, 'OffsetCommit']])

export function tombstone<K extends RecordKind>(kind: K, key: RecordOf<K>['key']): RecordOf<K> {
  return { kind, key, value: null }
}

export function encodeRecord(record: GroupRecord): StateRecord {
  return codec.encode(record, valueVersion(record))
}

/**
 * Null for a record that this coordinator does not know (share and streams groups). Throws MalformedError on damage,
 * and for what makes no sense.
 */
export function decodeRecord(stored: StateRecord): GroupRecord | null {
  const record = codec.decode(stored) as GroupRecord | null
  if (record) checkRecord(record)
  return record
}

/** The versions that Kafka 4.3 writes; a commit with a deadline of its own has to be of version 1. */
function valueVersion(record: GroupRecord): number {
  if (record.kind === 'OffsetCommit') return record.value === null || record.value.expireTimestamp === -1n ? 4 : 1
  return record.kind === 'GroupMetadata' ? 3 : 0
}

/**
 * Throws MalformedError for a record that can be read and yet cannot be: of a partition below 0, of a group without the
 * protocol that its members speak. Coordinators write none, but whoever may write to the topic can.
 */
function checkRecord(record: GroupRecord): void {
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
