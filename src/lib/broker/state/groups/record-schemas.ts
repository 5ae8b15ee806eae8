import {
  array,
  bytes,
  type Field,
  int32,
  int64,
  int8,
  type Message,
  nullableArray,
  nullableString,
  nullableStruct,
  string,
  uuid,
} from '../../../protocol/schema.ts'
import { recordSchema as schema } from '../coordination/record-codec.ts'

const group = { groupId: string('0') }
const groupMember = { groupId: string('0'), memberId: string('0') }
const nullString = (versions: string): Field<string | null> => nullableString(versions, versions, { ignorable: true })

/** Partitions with the epoch at which each was given to the member, so that a late commit can be told (KIP-1251). */
const ownedPartitions = {
  topicId: uuid('0+'),
  partitions: array('0+', int32('0+')),
  assignmentEpochs: nullableArray('0+', '0+', int32('0+'), { tag: 0 }),
}

/** The records of group-coordinator's `common/message/*.json`, Kafka 4.3. */
export const RECORD_SCHEMAS = {
  OffsetCommit: schema(
    1,
    { groupId: string('0'), topic: string('0'), partition: int32('0') },
    {
      offset: int64('0+'),
      leaderEpoch: int32('3+', { default: -1, ignorable: true }),
      metadata: string('0+'),
      commitTimestamp: int64('0+'),
      expireTimestamp: int64('1', { default: -1n, ignorable: true }),
      topicId: uuid('4+', { tag: 0, ignorable: true }),
    },
    { flexibleFrom: 4, maxVersion: 4 },
  ),
  GroupMetadata: schema(
    2,
    group,
    {
      protocolType: string('0+'),
      generation: int32('0+'),
      protocol: nullableString('0+', '0+'),
      leader: nullableString('0+', '0+'),
      currentStateTimestamp: int64('2+', { default: -1n, ignorable: true }),
      members: array('0+', {
        memberId: string('0+'),
        groupInstanceId: nullString('3+'),
        clientId: string('0+'),
        clientHost: string('0+'),
        rebalanceTimeout: int32('1+', { default: -1, ignorable: true }),
        sessionTimeout: int32('0+'),
        subscription: bytes('0+'),
        assignment: bytes('0+'),
      }),
    },
    { flexibleFrom: 4, maxVersion: 4 },
  ),
  ConsumerGroupMetadata: schema(3, group, { epoch: int32('0+'), metadataHash: int64('0+', { tag: 0 }) }),
  ConsumerGroupMemberMetadata: schema(5, groupMember, {
    instanceId: nullString('0+'),
    rackId: nullString('0+'),
    clientId: string('0+'),
    clientHost: string('0+'),
    subscribedTopicNames: array('0+', string('0+')),
    subscribedTopicRegex: nullString('0+'),
    rebalanceTimeoutMs: int32('0+', { default: -1 }),
    serverAssignor: nullString('0+'),
    classicMemberMetadata: nullableStruct(
      '0+',
      '0+',
      {
        sessionTimeoutMs: int32('0+'),
        supportedProtocols: array('0+', { name: string('0+'), metadata: bytes('0+') }),
      },
      { tag: 0 },
    ),
  }),
  ConsumerGroupTargetAssignmentMetadata: schema(6, group, {
    assignmentEpoch: int32('0+'),
    assignmentTimestamp: int64('0+', { tag: 0, ignorable: true }),
  }),
  ConsumerGroupTargetAssignmentMember: schema(7, groupMember, {
    topicPartitions: array('0+', { topicId: uuid('0+'), partitions: array('0+', int32('0+')) }),
  }),
  ConsumerGroupCurrentMemberAssignment: schema(8, groupMember, {
    memberEpoch: int32('0+'),
    previousMemberEpoch: int32('0+'),
    state: int8('0+'),
    assignedPartitions: array('0+', ownedPartitions),
    partitionsPendingRevocation: array('0+', ownedPartitions),
  }),
  ConsumerGroupRegularExpression: schema(
    16,
    { groupId: string('0'), regularExpression: string('0') },
    {
      topics: array('0+', string('0+')),
      version: int64('0+'),
      timestamp: int64('0+'),
    },
  ),
}

export type RecordKind = keyof typeof RECORD_SCHEMAS
export type RecordKey<K extends RecordKind> = Message<(typeof RECORD_SCHEMAS)[K]['key']>
export type RecordValue<K extends RecordKind> = Message<(typeof RECORD_SCHEMAS)[K]['value']>
