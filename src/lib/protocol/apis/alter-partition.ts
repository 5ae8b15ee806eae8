import { api, type RequestOf, type ResponseOf } from '../api.ts'
import { array, int16, int32, int64, int8, uuid } from '../schema.ts'

/** A partition's leader asks the controller for another ISR (KIP-497). */
export const AlterPartition = api(56, 'AlterPartition', {
  versions: '2-3',
  flexible: '2+',
  request: {
    brokerId: int32('2+'),
    brokerEpoch: int64('2+', { default: -1n }),
    topics: array('2+', {
      topicId: uuid('2+', { ignorable: true }),
      partitions: array('2+', {
        partitionIndex: int32('2+'),
        leaderEpoch: int32('2+'),
        newIsr: array('2', int32('2')),
        newIsrWithEpochs: array('3+', { brokerId: int32('3+'), brokerEpoch: int64('3+', { default: -1n }) }),
        leaderRecoveryState: int8('2+'),
        partitionEpoch: int32('2+'),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32('2+'),
    errorCode: int16('2+'),
    topics: array('2+', {
      topicId: uuid('2+', { ignorable: true }),
      partitions: array('2+', {
        partitionIndex: int32('2+'),
        errorCode: int16('2+'),
        leaderId: int32('2+'),
        leaderEpoch: int32('2+'),
        isr: array('2+', int32('2+')),
        leaderRecoveryState: int8('2+', { ignorable: true }),
        partitionEpoch: int32('2+'),
      }),
    }),
  },
})

export type AlterPartitionRequest = RequestOf<typeof AlterPartition>
export type AlterPartitionResponse = ResponseOf<typeof AlterPartition>
