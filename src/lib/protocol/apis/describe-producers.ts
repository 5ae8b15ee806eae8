import { api, type ResponseOf } from '../api.ts'
import { array, int16, int32, int64, nullableString, string } from '../schema.ts'

export const DescribeProducers = api(61, 'DescribeProducers', {
  versions: '0',
  flexible: '0+',
  request: { topics: array('0+', { name: string('0+'), partitionIndexes: array('0+', int32('0+')) }) },
  response: {
    throttleTimeMs: int32('0+'),
    topics: array('0+', {
      name: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        errorCode: int16('0+'),
        errorMessage: nullableString('0+', '0+'),
        activeProducers: array('0+', {
          producerId: int64('0+'),
          producerEpoch: int32('0+'),
          lastSequence: int32('0+', { default: -1 }),
          lastTimestamp: int64('0+', { default: -1n }),
          coordinatorEpoch: int32('0+'),
          currentTxnStartOffset: int64('0+', { default: -1n }),
        }),
      }),
    }),
  },
})

export type DescribeProducersResponse = ResponseOf<typeof DescribeProducers>
