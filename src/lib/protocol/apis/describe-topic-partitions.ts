import { api, type RequestOf, type ResponseOf } from '../api.ts'
import { array, bool, int16, int32, nullableArray, nullableString, nullableStruct, string, uuid } from '../schema.ts'

export const DescribeTopicPartitions = api(75, 'DescribeTopicPartitions', {
  versions: '0',
  flexible: '0+',
  request: {
    topics: array('0+', { name: string('0+') }),
    responsePartitionLimit: int32('0+', { default: 2000 }),
    cursor: nullableStruct('0+', '0+', { topicName: string('0+'), partitionIndex: int32('0+') }),
  },
  response: {
    throttleTimeMs: int32('0+'),
    topics: array('0+', {
      errorCode: int16('0+'),
      name: nullableString('0+', '0+', { default: '' }),
      topicId: uuid('0+'),
      isInternal: bool('0+'),
      partitions: array('0+', {
        errorCode: int16('0+'),
        partitionIndex: int32('0+'),
        leaderId: int32('0+'),
        leaderEpoch: int32('0+', { default: -1 }),
        replicaNodes: array('0+', int32('0+')),
        isrNodes: array('0+', int32('0+')),
        eligibleLeaderReplicas: nullableArray('0+', '0+', int32('0+')),
        lastKnownElr: nullableArray('0+', '0+', int32('0+')),
        offlineReplicas: array('0+', int32('0+')),
      }),
      topicAuthorizedOperations: int32('0+', { default: -2147483648 }),
    }),
    nextCursor: nullableStruct('0+', '0+', { topicName: string('0+'), partitionIndex: int32('0+') }),
  },
})

export type DescribeTopicPartitionsRequest = RequestOf<typeof DescribeTopicPartitions>
export type DescribeTopicPartitionsResponse = ResponseOf<typeof DescribeTopicPartitions>
