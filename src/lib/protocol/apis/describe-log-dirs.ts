import { api, type RequestOf, type ResponseOf } from '../api.ts'
import { array, bool, int16, int32, int64, nullableArray, string } from '../schema.ts'

export const DescribeLogDirs = api(35, 'DescribeLogDirs', {
  versions: '1-5',
  flexible: '2+',
  request: {
    topics: nullableArray('1+', '1+', { topic: string('1+'), partitions: array('1+', int32('1+')) }, { default: [] }),
  },
  response: {
    throttleTimeMs: int32('1+'),
    errorCode: int16('3+', { ignorable: true }),
    results: array('1+', {
      errorCode: int16('1+'),
      logDir: string('1+'),
      topics: array('1+', {
        name: string('1+'),
        partitions: array('1+', {
          partitionIndex: int32('1+'),
          partitionSize: int64('1+'),
          offsetLag: int64('1+'),
          isFutureKey: bool('1+'),
        }),
      }),
      totalBytes: int64('4+', { default: -1n, ignorable: true }),
      usableBytes: int64('4+', { default: -1n, ignorable: true }),
      isCordoned: bool('5+'),
    }),
  },
})

export type DescribeLogDirsRequest = RequestOf<typeof DescribeLogDirs>
export type DescribeLogDirsResponse = ResponseOf<typeof DescribeLogDirs>
