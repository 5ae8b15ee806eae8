import { api, type RequestOf } from '../api.ts'
import { array, bool, int16, int32, nullableArray, nullableString, string } from '../schema.ts'

export const CreatePartitions = api(37, 'CreatePartitions', {
  versions: '0-3',
  flexible: '2+',
  request: {
    topics: array('0+', {
      name: string('0+'),
      count: int32('0+'),
      assignments: nullableArray('0+', '0+', { brokerIds: array('0+', int32('0+')) }, { default: [] }),
    }),
    timeoutMs: int32('0+'),
    validateOnly: bool('0+'),
  },
  response: {
    throttleTimeMs: int32('0+'),
    results: array('0+', { name: string('0+'), errorCode: int16('0+'), errorMessage: nullableString('0+', '0+') }),
  },
})

export type CreatePartitionsRequest = RequestOf<typeof CreatePartitions>
