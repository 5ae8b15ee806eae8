import {
  array,
  int16,
  int32,
  int64,
  int8,
  nullableArray,
  nullableString,
  nullableStruct,
  string,
  uint16,
} from '../schema.ts'
import { coordinatorRecord, recordTypes } from './coordinator-record.ts'

const GROUP_KEY = { groupId: string('0+') }
const MEMBER_KEY = { groupId: string('0+'), memberId: string('0+') }
const TASKS = array('0+', { subtopologyId: string('0+'), partitions: array('0+', int32('0+')) })
const OWNED_TASKS = array('0+', {
  subtopologyId: string('0+'),
  partitions: array('0+', int32('0+')),
  assignmentEpochs: nullableArray('0+', '0+', int32('0+'), { default: [], tag: 0 }),
})
const KEYS_AND_VALUES = array('0+', { key: string('0+'), value: string('0+') })
const INTERNAL_TOPICS = array('0+', {
  name: string('0+'),
  partitions: int32('0+'),
  replicationFactor: int16('0+'),
  topicConfigs: KEYS_AND_VALUES,
})

/** Streams groups (KIP-1071). */
export const STREAMS_GROUP_RECORDS = recordTypes(
  coordinatorRecord(17, 'STREAMS_GROUP_METADATA', '0', '0+', GROUP_KEY, {
    epoch: int32('0+'),
    metadataHash: int64('0+'),
    validatedTopologyEpoch: int32('0+', { default: -1, tag: 0 }),
    lastAssignmentConfigs: nullableArray(
      '0+',
      '0+',
      { key: string('0+'), value: string('0+') },
      { default: [], tag: 1 },
    ),
  }),
  coordinatorRecord(19, 'STREAMS_GROUP_MEMBER_METADATA', '0', '0+', MEMBER_KEY, {
    instanceId: nullableString('0+', '0+', { default: '' }),
    rackId: nullableString('0+', '0+', { default: '' }),
    clientId: string('0+'),
    clientHost: string('0+'),
    rebalanceTimeoutMs: int32('0+', { default: -1 }),
    topologyEpoch: int32('0+'),
    processId: string('0+'),
    userEndpoint: nullableStruct('0+', '0+', { host: string('0+'), port: uint16('0+') }),
    clientTags: KEYS_AND_VALUES,
  }),
  coordinatorRecord(20, 'STREAMS_GROUP_TARGET_ASSIGNMENT_METADATA', '0', '0+', GROUP_KEY, {
    assignmentEpoch: int32('0+'),
    assignmentTimestamp: int64('0+', { tag: 0 }),
  }),
  coordinatorRecord(21, 'STREAMS_GROUP_TARGET_ASSIGNMENT_MEMBER', '0', '0+', MEMBER_KEY, {
    activeTasks: TASKS,
    standbyTasks: TASKS,
    warmupTasks: TASKS,
  }),
  coordinatorRecord(22, 'STREAMS_GROUP_CURRENT_MEMBER_ASSIGNMENT', '0', '0+', MEMBER_KEY, {
    memberEpoch: int32('0+'),
    previousMemberEpoch: int32('0+'),
    state: int8('0+'),
    activeTasks: OWNED_TASKS,
    standbyTasks: OWNED_TASKS,
    warmupTasks: OWNED_TASKS,
    activeTasksPendingRevocation: OWNED_TASKS,
    standbyTasksPendingRevocation: OWNED_TASKS,
    warmupTasksPendingRevocation: OWNED_TASKS,
  }),
  coordinatorRecord(23, 'STREAMS_GROUP_TOPOLOGY', '0', '0+', GROUP_KEY, {
    epoch: int32('0+'),
    subtopologies: array('0+', {
      subtopologyId: string('0+'),
      sourceTopics: array('0+', string('0+')),
      sourceTopicRegex: array('0+', string('0+')),
      stateChangelogTopics: INTERNAL_TOPICS,
      repartitionSinkTopics: array('0+', string('0+')),
      repartitionSourceTopics: INTERNAL_TOPICS,
      copartitionGroups: array('0+', {
        sourceTopics: array('0+', int16('0+')),
        sourceTopicRegex: array('0+', int16('0+')),
        repartitionSourceTopics: array('0+', int16('0+')),
      }),
    }),
  }),
)
