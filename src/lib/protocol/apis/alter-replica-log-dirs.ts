import { api } from '../api.ts'
import { array, int16, int32, string } from '../schema.ts'

export const AlterReplicaLogDirs = api(34, 'AlterReplicaLogDirs', {
  versions: '1-2',
  flexible: '2+',
  request: {
    dirs: array('1+', {
      path: string('1+'),
      topics: array('1+', { name: string('1+'), partitions: array('1+', int32('1+')) }),
    }),
  },
  response: {
    throttleTimeMs: int32('1+'),
    results: array('1+', {
      topicName: string('1+'),
      partitions: array('1+', { partitionIndex: int32('1+'), errorCode: int16('1+') }),
    }),
  },
})
