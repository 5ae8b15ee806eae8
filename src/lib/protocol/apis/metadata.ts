import { api, type ResponseOf } from '../api.ts'
import { array, bool, int16, int32, nullableArray, nullableString, string, uuid } from '../schema.ts'

export const Metadata = api(3, 'Metadata', {
  versions: '0-13',
  flexible: '9+',
  request: {
    topics: nullableArray(
      '0+',
      '1+',
      {
        topicId: uuid('10+', { ignorable: true }),
        name: nullableString('0+', '10+', { default: '' }),
      },
      { default: [] },
    ),
    allowAutoTopicCreation: bool('4+', { default: true }),
    includeClusterAuthorizedOperations: bool('8-10'),
    includeTopicAuthorizedOperations: bool('8+'),
  },
  response: {
    throttleTimeMs: int32('3+', { ignorable: true }),
    brokers: array('0+', {
      nodeId: int32('0+'),
      host: string('0+'),
      port: int32('0+'),
      rack: nullableString('1+', '1+', { ignorable: true }),
    }),
    clusterId: nullableString('2+', '2+', { ignorable: true }),
    controllerId: int32('1+', { default: -1, ignorable: true }),
    topics: array('0+', {
      errorCode: int16('0+'),
      name: nullableString('0+', '12+', { default: '' }),
      topicId: uuid('10+', { ignorable: true }),
      isInternal: bool('1+', { ignorable: true }),
      partitions: array('0+', {
        errorCode: int16('0+'),
        partitionIndex: int32('0+'),
        leaderId: int32('0+'),
        leaderEpoch: int32('7+', { default: -1, ignorable: true }),
        replicaNodes: array('0+', int32('0+')),
        isrNodes: array('0+', int32('0+')),
        offlineReplicas: array('5+', int32('5+'), { ignorable: true }),
      }),
      topicAuthorizedOperations: int32('8+', { default: -2147483648 }),
    }),
    clusterAuthorizedOperations: int32('8-10', { default: -2147483648 }),
    errorCode: int16('13+', { ignorable: true }),
  },
})

export type MetadataResponse = ResponseOf<typeof Metadata>
