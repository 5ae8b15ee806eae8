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
import type { StateRecord } from '../coordination/state-topic.ts'
import { checkRecord } from './record-checks.ts'

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
