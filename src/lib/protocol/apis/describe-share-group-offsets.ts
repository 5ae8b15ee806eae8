import { api } from '../api.ts'
import { array, int16, int32, int64, nullableArray, nullableString, string, uuid } from '../schema.ts'

export const DescribeShareGroupOffsets = api(90, 'DescribeShareGroupOffsets', {
  versions: '0-1',
  flexible: '0+',
  request: {
    groups: array('0+', {
      groupId: string('0+'),
      topics: nullableArray(
        '0+',
        '0+',
        { topicName: string('0+'), partitions: array('0+', int32('0+')) },
        { default: [] },
      ),
    }),
  },
  response: {
    throttleTimeMs: int32('0+'),
    groups: array('0+', {
      groupId: string('0+'),
      topics: array('0+', {
        topicName: string('0+'),
        topicId: uuid('0+'),
        partitions: array('0+', {
          partitionIndex: int32('0+'),
          startOffset: int64('0+'),
          leaderEpoch: int32('0+'),
          lag: int64('1+', { default: -1n, ignorable: true }),
          errorCode: int16('0+'),
          errorMessage: nullableString('0+', '0+'),
        }),
      }),
      errorCode: int16('0+'),
      errorMessage: nullableString('0+', '0+'),
    }),
  },
})
