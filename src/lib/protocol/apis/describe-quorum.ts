import { api, type ResponseOf } from '../api.ts'
import { array, int16, int32, int64, nullableString, string, uint16, uuid } from '../schema.ts'

const replica = {
  replicaId: int32('0+'),
  replicaDirectoryId: uuid('2+'),
  logEndOffset: int64('0+'),
  lastFetchTimestamp: int64('1+', { default: -1n }),
  lastCaughtUpTimestamp: int64('1+', { default: -1n }),
}

export const DescribeQuorum = api(55, 'DescribeQuorum', {
  versions: '0-2',
  flexible: '0+',
  request: {
    topics: array('0+', {
      topicName: string('0+'),
      partitions: array('0+', { partitionIndex: int32('0+') }),
    }),
  },
  response: {
    errorCode: int16('0+'),
    errorMessage: nullableString('2+', '2+', { default: '', ignorable: true }),
    topics: array('0+', {
      topicName: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        errorCode: int16('0+'),
        errorMessage: nullableString('2+', '2+', { default: '', ignorable: true }),
        leaderId: int32('0+'),
        leaderEpoch: int32('0+'),
        highWatermark: int64('0+'),
        currentVoters: array('0+', replica),
        observers: array('0+', replica),
      }),
    }),
    nodes: array('2+', {
      nodeId: int32('2+'),
      listeners: array('2+', { name: string('2+'), host: string('2+'), port: uint16('2+') }),
    }),
  },
})

export type DescribeQuorumResponse = ResponseOf<typeof DescribeQuorum>
