import { api } from '../api.ts'
import { array, int16, int32, nullableArray, nullableString, string } from '../schema.ts'

export const ListPartitionReassignments = api(46, 'ListPartitionReassignments', {
  versions: '0',
  flexible: '0+',
  request: {
    timeoutMs: int32('0+', { default: 60000 }),
    topics: nullableArray('0+', '0+', { name: string('0+'), partitionIndexes: array('0+', int32('0+')) }),
  },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: nullableString('0+', '0+', { default: '' }),
    topics: array('0+', {
      name: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        replicas: array('0+', int32('0+')),
        addingReplicas: array('0+', int32('0+')),
        removingReplicas: array('0+', int32('0+')),
      }),
    }),
  },
})
