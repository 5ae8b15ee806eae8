import {
  array,
  bytes,
  int32,
  int64,
  int8,
  nullableArray,
  nullableString,
  nullableStruct,
  string,
  uuid,
} from '../schema.ts'
import { coordinatorRecord, recordTypes } from './coordinator-record.ts'

const GROUP_KEY = { groupId: string('0+') }
const MEMBER_KEY = { groupId: string('0+'), memberId: string('0+') }
const OWNED_PARTITIONS = array('0+', {
  topicId: uuid('0+'),
  partitions: array('0+', int32('0+')),
  assignmentEpochs: nullableArray('0+', '0+', int32('0+'), { default: [], tag: 0 }),
})

export const CONSUMER_GROUP_METADATA = coordinatorRecord(3, 'CONSUMER_GROUP_METADATA', '0', '0+', GROUP_KEY, {
  epoch: int32('0+'),
  metadataHash: int64('0+', { tag: 0 }),
})

/** Written by Kafka before 4.1. */
const CONSUMER_GROUP_PARTITION_METADATA = coordinatorRecord(
  4,
  'CONSUMER_GROUP_PARTITION_METADATA',
  '0',
  '0+',
  GROUP_KEY,
  {
    topics: array('0+', {
      topicId: uuid('0+'),
      topicName: string('0+'),
      numPartitions: int32('0+'),
      partitionMetadata: array('0+', { partition: int32('0+'), racks: array('0+', string('0+')) }),
    }),
  },
)

export const CONSUMER_GROUP_MEMBER_METADATA = coordinatorRecord(
  5,
  'CONSUMER_GROUP_MEMBER_METADATA',
  '0',
  '0+',
  MEMBER_KEY,
  {
    instanceId: nullableString('0+', '0+', { default: '' }),
    rackId: nullableString('0+', '0+', { default: '' }),
    clientId: string('0+'),
    clientHost: string('0+'),
    subscribedTopicNames: array('0+', string('0+')),
    subscribedTopicRegex: nullableString('0+', '0+', { default: '' }),
    rebalanceTimeoutMs: int32('0+', { default: -1 }),
    serverAssignor: nullableString('0+', '0+', { default: '' }),
    classicMemberMetadata: nullableStruct(
      '0+',
      '0+',
      {
        sessionTimeoutMs: int32('0+'),
        supportedProtocols: array('0+', { name: string('0+'), metadata: bytes('0+') }),
      },
      { default: { sessionTimeoutMs: 0, supportedProtocols: [] }, tag: 0 },
    ),
  },
)

export const CONSUMER_GROUP_TARGET_ASSIGNMENT_METADATA = coordinatorRecord(
  6,
  'CONSUMER_GROUP_TARGET_ASSIGNMENT_METADATA',
  '0',
  '0+',
  GROUP_KEY,
  {
    assignmentEpoch: int32('0+'),
    assignmentTimestamp: int64('0+', { tag: 0 }),
  },
)

export const CONSUMER_GROUP_TARGET_ASSIGNMENT_MEMBER = coordinatorRecord(
  7,
  'CONSUMER_GROUP_TARGET_ASSIGNMENT_MEMBER',
  '0',
  '0+',
  MEMBER_KEY,
  {
    topicPartitions: array('0+', { topicId: uuid('0+'), partitions: array('0+', int32('0+')) }),
  },
)

export const CONSUMER_GROUP_CURRENT_MEMBER_ASSIGNMENT = coordinatorRecord(
  8,
  'CONSUMER_GROUP_CURRENT_MEMBER_ASSIGNMENT',
  '0',
  '0+',
  MEMBER_KEY,
  {
    memberEpoch: int32('0+'),
    previousMemberEpoch: int32('0+'),
    state: int8('0+'),
    assignedPartitions: OWNED_PARTITIONS,
    partitionsPendingRevocation: OWNED_PARTITIONS,
  },
)

export const CONSUMER_GROUP_REGULAR_EXPRESSION = coordinatorRecord(
  16,
  'CONSUMER_GROUP_REGULAR_EXPRESSION',
  '0',
  '0+',
  { groupId: string('0+'), regularExpression: string('0+') },
  {
    topics: array('0+', string('0+')),
    version: int64('0+'),
    timestamp: int64('0+'),
  },
)

/** Groups of the consumer protocol (KIP-848). */
export const CONSUMER_GROUP_RECORDS = recordTypes(
  CONSUMER_GROUP_METADATA,
  CONSUMER_GROUP_PARTITION_METADATA,
  CONSUMER_GROUP_MEMBER_METADATA,
  CONSUMER_GROUP_TARGET_ASSIGNMENT_METADATA,
  CONSUMER_GROUP_TARGET_ASSIGNMENT_MEMBER,
  CONSUMER_GROUP_CURRENT_MEMBER_ASSIGNMENT,
  CONSUMER_GROUP_REGULAR_EXPRESSION,
)
