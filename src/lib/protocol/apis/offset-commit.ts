import { api, type RequestOf, type ResponseOf } from '../api.ts'
import { array, int16, int32, int64, nullableString, string, uuid } from '../schema.ts'

export const OffsetCommit = api(8, 'OffsetCommit', {
  versions: '2-10',
  flexible: '8+',
  request: {
    groupId: string('2+'),
    generationIdOrMemberEpoch: int32('2+', { default: -1 }),
    memberId: string('2+'),
    groupInstanceId: nullableString('7+', '7+'),
    retentionTimeMs: int64('2-4', { default: -1n, ignorable: true }),
    topics: array('2+', {
      name: string('2-9', { ignorable: true }),
      topicId: uuid('10+', { ignorable: true }),
      partitions: array('2+', {
        partitionIndex: int32('2+'),
        committedOffset: int64('2+'),
        committedLeaderEpoch: int32('6+', { default: -1, ignorable: true }),
        committedMetadata: nullableString('2+', '2+', { default: '' }),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32('3+', { ignorable: true }),
    topics: array('2+', {
      name: string('2-9', { ignorable: true }),
      topicId: uuid('10+', { ignorable: true }),
      partitions: array('2+', { partitionIndex: int32('2+'), errorCode: int16('2+') }),
    }),
  },
})

export type OffsetCommitRequest = RequestOf<typeof OffsetCommit>
export type OffsetCommitResponse = ResponseOf<typeof OffsetCommit>
