import { array, int32, int64, int8, nullableString, string, uuid } from '../schema.ts'
import { coordinatorRecord, recordTypes } from './coordinator-record.ts'

const GROUP_KEY = { groupId: string('0+') }
const MEMBER_KEY = { groupId: string('0+'), memberId: string('0+') }
const TOPIC_PARTITIONS = array('0+', { topicId: uuid('0+'), partitions: array('0+', int32('0+')) })
const NAMED_PARTITIONS = array('0+', {
  topicId: uuid('0+'),
  topicName: string('0+'),
  partitions: array('0+', int32('0+')),
})

/** Share groups (KIP-932). */
export const SHARE_GROUP_RECORDS = recordTypes(
  coordinatorRecord(10, 'SHARE_GROUP_MEMBER_METADATA', '0', '0+', MEMBER_KEY, {
    rackId: nullableString('0+', '0+', { default: '' }),
    clientId: string('0+'),
    clientHost: string('0+'),
    subscribedTopicNames: array('0+', string('0+')),
  }),
  coordinatorRecord(11, 'SHARE_GROUP_METADATA', '0', '0+', GROUP_KEY, {
    epoch: int32('0+'),
    metadataHash: int64('0+'),
  }),
  coordinatorRecord(12, 'SHARE_GROUP_TARGET_ASSIGNMENT_METADATA', '0', '0+', GROUP_KEY, {
    assignmentEpoch: int32('0+'),
    assignmentTimestamp: int64('0+', { tag: 0 }),
  }),
  coordinatorRecord(13, 'SHARE_GROUP_TARGET_ASSIGNMENT_MEMBER', '0', '0+', MEMBER_KEY, {
    topicPartitions: TOPIC_PARTITIONS,
  }),
  coordinatorRecord(14, 'SHARE_GROUP_CURRENT_MEMBER_ASSIGNMENT', '0', '0+', MEMBER_KEY, {
    memberEpoch: int32('0+'),
    previousMemberEpoch: int32('0+'),
    state: int8('0+'),
    assignedPartitions: TOPIC_PARTITIONS,
  }),
  coordinatorRecord(15, 'SHARE_GROUP_STATE_PARTITION_METADATA', '0', '0+', GROUP_KEY, {
    initializingTopics: NAMED_PARTITIONS,
    initializedTopics: NAMED_PARTITIONS,
    deletingTopics: array('0+', { topicId: uuid('0+'), topicName: string('0+') }),
  }),
)
