import { api, type RequestOf, type ResponseOf } from '../api.ts'
import { array, int16, int32, nullableArray, nullableString, nullableStruct, string, uuid } from '../schema.ts'

/** Epochs by which a member says that it comes, goes, or goes for a while and keeps its group.instance.id. */
export const JOIN_EPOCH = 0
export const LEAVE_EPOCH = -1
export const LEAVE_STATIC_EPOCH = -2

export const ConsumerGroupHeartbeat = api(68, 'ConsumerGroupHeartbeat', {
  versions: '0-1',
  flexible: '0+',
  request: {
    groupId: string('0+'),
    memberId: string('0+'),
    memberEpoch: int32('0+'),
    instanceId: nullableString('0+', '0+'),
    rackId: nullableString('0+', '0+'),
    rebalanceTimeoutMs: int32('0+', { default: -1 }),
    subscribedTopicNames: nullableArray('0+', '0+', string('0+')),
    subscribedTopicRegex: nullableString('1+', '1+'),
    serverAssignor: nullableString('0+', '0+'),
    topicPartitions: nullableArray('0+', '0+', { topicId: uuid('0+'), partitions: array('0+', int32('0+')) }),
  },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: nullableString('0+', '0+'),
    memberId: nullableString('0+', '0+'),
    memberEpoch: int32('0+'),
    heartbeatIntervalMs: int32('0+'),
    assignment: nullableStruct('0+', '0+', {
      topicPartitions: array('0+', { topicId: uuid('0+'), partitions: array('0+', int32('0+')) }),
    }),
  },
})

export type ConsumerGroupHeartbeatRequest = RequestOf<typeof ConsumerGroupHeartbeat>
export type ConsumerGroupHeartbeatResponse = ResponseOf<typeof ConsumerGroupHeartbeat>
