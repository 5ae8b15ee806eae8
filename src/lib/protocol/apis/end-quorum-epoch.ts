import { api, type RequestOf, type ResponseOf } from '../api.ts'
import { array, int16, int32, nullableString, string, uint16, uuid } from '../schema.ts'

/** The leader of the metadata log steps down and says who should follow it (KIP-595). */
export const EndQuorumEpoch = api(54, 'EndQuorumEpoch', {
  versions: '0-1',
  flexible: '1+',
  request: {
    clusterId: nullableString('0+', '0+'),
    topics: array('0+', {
      topicName: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        leaderId: int32('0+'),
        leaderEpoch: int32('0+'),
        preferredSuccessors: array('0', int32('0'), { ignorable: true }),
        preferredCandidates: array(
          '1+',
          { candidateId: int32('1+'), candidateDirectoryId: uuid('1+') },
          { ignorable: true },
        ),
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

export type EndQuorumEpochRequest = RequestOf<typeof EndQuorumEpoch>
export type EndQuorumEpochResponse = ResponseOf<typeof EndQuorumEpoch>
