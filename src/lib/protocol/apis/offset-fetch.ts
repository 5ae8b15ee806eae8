import { api, type RequestOf, type ResponseOf } from '../api.ts'
import { array, bool, int16, int32, int64, nullableArray, nullableString, string, uuid } from '../schema.ts'

export const OffsetFetch = api(9, 'OffsetFetch', {
  versions: '1-10',
  flexible: '6+',
  request: {
    groupId: string('1-7'),
    topics: nullableArray(
      '1-7',
      '2-7',
      { name: string('1-7'), partitionIndexes: array('1-7', int32('1-7')) },
      { default: [] },
    ),
    groups: array('8+', {
      groupId: string('8+'),
      memberId: nullableString('9+', '9+', { ignorable: true }),
      memberEpoch: int32('9+', { default: -1, ignorable: true }),
      topics: nullableArray(
        '8+',
        '8+',
        {
          name: string('8-9', { ignorable: true }),
          topicId: uuid('10+', { ignorable: true }),
          partitionIndexes: array('8+', int32('8+')),
        },
        { default: [] },
      ),
    }),
    requireStable: bool('7+'),
  },
  response: {
    throttleTimeMs: int32('3+', { ignorable: true }),
    topics: array('1-7', {
      name: string('1-7'),
      partitions: array('1-7', {
        partitionIndex: int32('1-7'),
        committedOffset: int64('1-7'),
        committedLeaderEpoch: int32('5-7', { default: -1, ignorable: true }),
        metadata: nullableString('1-7', '1-7', { default: '' }),
        errorCode: int16('1-7'),
      }),
    }),
    errorCode: int16('2-7', { ignorable: true }),
    groups: array('8+', {
      groupId: string('8+'),
      topics: array('8+', {
        name: string('8-9', { ignorable: true }),
        topicId: uuid('10+', { ignorable: true }),
        partitions: array('8+', {
          partitionIndex: int32('8+'),
          committedOffset: int64('8+'),
          committedLeaderEpoch: int32('8+', { default: -1, ignorable: true }),
          metadata: nullableString('8+', '8+', { default: '' }),
          errorCode: int16('8+'),
        }),
      }),
      errorCode: int16('8+'),
    }),
  },
})

export type OffsetFetchRequest = RequestOf<typeof OffsetFetch>
export type OffsetFetchResponse = ResponseOf<typeof OffsetFetch>
