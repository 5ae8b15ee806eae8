import { api, type RequestOf } from '../api.ts'
import { array, int16, int32, int64, nullableString, string } from '../schema.ts'

export const TxnOffsetCommit = api(28, 'TxnOffsetCommit', {
  versions: '0-5',
  flexible: '3+',
  request: {
    transactionalId: string('0+'),
    groupId: string('0+'),
    producerId: int64('0+'),
    producerEpoch: int16('0+'),
    generationId: int32('3+', { default: -1 }),
    memberId: string('3+'),
    groupInstanceId: nullableString('3+', '3+'),
    topics: array('0+', {
      name: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        committedOffset: int64('0+'),
        committedLeaderEpoch: int32('2+', { default: -1, ignorable: true }),
        committedMetadata: nullableString('0+', '0+', { default: '' }),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32('0+'),
    topics: array('0+', {
      name: string('0+'),
      partitions: array('0+', { partitionIndex: int32('0+'), errorCode: int16('0+') }),
    }),
  },
})

export type TxnOffsetCommitRequest = RequestOf<typeof TxnOffsetCommit>
