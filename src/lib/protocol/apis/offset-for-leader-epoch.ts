import { api } from '../api.ts'
import { array, int16, int32, int64, string } from '../schema.ts'

export const OffsetForLeaderEpoch = api(23, 'OffsetForLeaderEpoch', {
  versions: '2-4',
  flexible: '4+',
  request: {
    replicaId: int32('3+', { default: -2, ignorable: true }),
    topics: array('2+', {
      topic: string('2+'),
      partitions: array('2+', {
        partition: int32('2+'),
        currentLeaderEpoch: int32('2+', { default: -1 }),
        leaderEpoch: int32('2+'),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32('2+'),
    topics: array('2+', {
      topic: string('2+'),
      partitions: array('2+', {
        errorCode: int16('2+'),
        partition: int32('2+'),
        leaderEpoch: int32('2+', { default: -1 }),
        endOffset: int64('2+', { default: -1n }),
      }),
    }),
  },
})
