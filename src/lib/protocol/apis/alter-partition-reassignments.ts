import { api, type RequestOf } from '../api.ts'
import { array, bool, int16, int32, nullableArray, nullableString, string } from '../schema.ts'

export const AlterPartitionReassignments = api(45, 'AlterPartitionReassignments', {
  versions: '0-1',
  flexible: '0+',
  request: {
    timeoutMs: int32('0+', { default: 60000 }),
    allowReplicationFactorChange: bool('1+', { default: true }),
    topics: array('0+', {
      name: string('0+'),
      partitions: array('0+', { partitionIndex: int32('0+'), replicas: nullableArray('0+', '0+', int32('0+')) }),
    }),
  },
  response: {
    throttleTimeMs: int32('0+'),
    allowReplicationFactorChange: bool('1+', { default: true }),
    errorCode: int16('0+'),
    errorMessage: nullableString('0+', '0+', { default: '' }),
    responses: array('0+', {
      name: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        errorCode: int16('0+'),
        errorMessage: nullableString('0+', '0+', { default: '' }),
      }),
    }),
  },
})

export type AlterPartitionReassignmentsRequest = RequestOf<typeof AlterPartitionReassignments>
