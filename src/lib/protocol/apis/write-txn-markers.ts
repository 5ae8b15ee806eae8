import { api, type RequestOf } from '../api.ts'
import { array, bool, int16, int32, int64, int8, string } from '../schema.ts'

export const WriteTxnMarkers = api(27, 'WriteTxnMarkers', {
  versions: '1-2',
  flexible: '1+',
  request: {
    markers: array('1+', {
      producerId: int64('1+'),
      producerEpoch: int16('1+'),
      transactionResult: bool('1+'),
      topics: array('1+', { name: string('1+'), partitionIndexes: array('1+', int32('1+')) }),
      coordinatorEpoch: int32('1+'),
      transactionVersion: int8('2+', { ignorable: true }),
    }),
  },
  response: {
    markers: array('1+', {
      producerId: int64('1+'),
      topics: array('1+', {
        name: string('1+'),
        partitions: array('1+', { partitionIndex: int32('1+'), errorCode: int16('1+') }),
      }),
    }),
  },
})

export type WriteTxnMarkersRequest = RequestOf<typeof WriteTxnMarkers>
