import { api, type RequestOf, type ResponseOf } from '../api.ts'
import { array, bool, int16, int32, int8, nullableArray, nullableString, string, uuid } from '../schema.ts'

export const CreateTopics = api(19, 'CreateTopics', {
  versions: '2-7',
  flexible: '5+',
  request: {
    topics: array('2+', {
      name: string('2+'),
      numPartitions: int32('2+'),
      replicationFactor: int16('2+'),
      assignments: array('2+', { partitionIndex: int32('2+'), brokerIds: array('2+', int32('2+')) }),
      configs: array('2+', { name: string('2+'), value: nullableString('2+', '2+', { default: '' }) }),
    }),
    timeoutMs: int32('2+', { default: 60000 }),
    validateOnly: bool('2+'),
  },
  response: {
    throttleTimeMs: int32('2+'),
    topics: array('2+', {
      name: string('2+'),
      topicId: uuid('7+', { ignorable: true }),
      errorCode: int16('2+'),
      errorMessage: nullableString('2+', '2+', { default: '' }),
      topicConfigErrorCode: int16('5+', { ignorable: true, tag: 0 }),
      numPartitions: int32('5+', { default: -1, ignorable: true }),
      replicationFactor: int16('5+', { default: -1, ignorable: true }),
      configs: nullableArray(
        '5+',
        '5+',
        {
          name: string('5+'),
          value: nullableString('5+', '5+', { default: '' }),
          readOnly: bool('5+'),
          configSource: int8('5+', { default: -1, ignorable: true }),
          isSensitive: bool('5+'),
        },
        { default: [], ignorable: true },
      ),
    }),
  },
})

export type CreateTopicsRequest = RequestOf<typeof CreateTopics>
export type CreateTopicsResponse = ResponseOf<typeof CreateTopics>
