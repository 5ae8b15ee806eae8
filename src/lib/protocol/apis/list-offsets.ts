import { api, type RequestOf, type ResponseOf } from '../api.ts'
import { array, int16, int32, int64, int8, string } from '../schema.ts'

export const ListOffsets = api(2, 'ListOffsets', {
  versions: '1-11',
  flexible: '6+',
  request: {
    replicaId: int32('1+'),
    isolationLevel: int8('2+'),
    topics: array('1+', {
      name: string('1+'),
      partitions: array('1+', {
        partitionIndex: int32('1+'),
        currentLeaderEpoch: int32('4+', { default: -1, ignorable: true }),
        timestamp: int64('1+'),
      }),
    }),
    timeoutMs: int32('10+', { ignorable: true }),
  },
  response: {
    throttleTimeMs: int32('2+', { ignorable: true }),
    topics: array('1+', {
      name: string('1+'),
      partitions: array('1+', {
        partitionIndex: int32('1+'),
        errorCode: int16('1+'),
        timestamp: int64('1+', { default: -1n }),
        offset: int64('1+', { default: -1n }),
        leaderEpoch: int32('4+', { default: -1 }),
      }),
    }),
  },
})

export type ListOffsetsRequest = RequestOf<typeof ListOffsets>
export type ListOffsetsResponse = ResponseOf<typeof ListOffsets>
