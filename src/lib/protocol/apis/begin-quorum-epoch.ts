import { api, type RequestOf, type ResponseOf } from '../api.ts'
import { array, int16, int32, nullableString, string, uint16, uuid } from '../schema.ts'

/** The elected leader of the metadata log tells the voters of itself (KIP-595). */
export const BeginQuorumEpoch = api(53, 'BeginQuorumEpoch', {
  versions: '0-1',
  flexible: '1+',
  request: {
    clusterId: nullableString('0+', '0+'),
    voterId: int32('1+', { default: -1, ignorable: true }),
    topics: array('0+', {
      topicName: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        voterDirectoryId: uuid('1+', { ignorable: true }),
        leaderId: int32('0+'),
        leaderEpoch: int32('0+'),
      }),
    }),
    leaderEndpoints: array('1+', { name: string('1+'), host: string('1+'), port: uint16('1+') }, { ignorable: true }),
  },
  response: {
    errorCode: int16('0+'),
    topics: array('0+', {
      topicName: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        errorCode: int16('0+'),
        leaderId: int32('0+'),
        leaderEpoch: int32('0+'),
      }),
    }),
    nodeEndpoints: array('1+', { nodeId: int32('1+'), host: string('1+'), port: uint16('1+') }, { tag: 0 }),
  },
})

export type BeginQuorumEpochRequest = RequestOf<typeof BeginQuorumEpoch>
export type BeginQuorumEpochResponse = ResponseOf<typeof BeginQuorumEpoch>
