import { api, type ResponseOf } from '../api.ts'
import { array, int16, int32, string } from '../schema.ts'

export const OffsetDelete = api(47, 'OffsetDelete', {
  versions: '0',
  flexible: 'none',
  request: {
    groupId: string('0+'),
    topics: array('0+', { name: string('0+'), partitions: array('0+', { partitionIndex: int32('0+') }) }),
  },
  response: {
    errorCode: int16('0+'),
    throttleTimeMs: int32('0+'),
    topics: array('0+', {
      name: string('0+'),
      partitions: array('0+', { partitionIndex: int32('0+'), errorCode: int16('0+') }),
    }),
  },
})

export type OffsetDeleteResponse = ResponseOf<typeof OffsetDelete>
