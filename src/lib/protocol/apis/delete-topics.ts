import { api, type RequestOf } from '../api.ts'
import { array, int16, int32, nullableString, string, uuid } from '../schema.ts'

export const DeleteTopics = api(20, 'DeleteTopics', {
  versions: '1-6',
  flexible: '4+',
  request: {
    topics: array('6+', { name: nullableString('6+', '6+'), topicId: uuid('6+') }),
    topicNames: array('1-5', string('1-5'), { ignorable: true }),
    timeoutMs: int32('1+'),
  },
  response: {
    throttleTimeMs: int32('1+'),
    responses: array('1+', {
      name: nullableString('1+', '6+', { default: '' }),
      topicId: uuid('6+', { ignorable: true }),
      errorCode: int16('1+'),
      errorMessage: nullableString('5+', '5+', { ignorable: true }),
    }),
  },
})

export type DeleteTopicsRequest = RequestOf<typeof DeleteTopics>
