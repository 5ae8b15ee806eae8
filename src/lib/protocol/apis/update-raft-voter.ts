import { api, type RequestOf, type ResponseOf } from '../api.ts'
import { array, int16, int32, nullableString, string, struct, uint16, uuid } from '../schema.ts'

/** A voter tells the leader of the metadata log its endpoints and features (KIP-853). */
export const UpdateRaftVoter = api(82, 'UpdateRaftVoter', {
  versions: '0',
  flexible: '0+',
  request: {
    clusterId: nullableString('0+', '0+', { default: '' }),
    currentLeaderEpoch: int32('0+'),
    voterId: int32('0+'),
    voterDirectoryId: uuid('0+'),
    listeners: array('0+', { name: string('0+'), host: string('0+'), port: uint16('0+') }),
    kRaftVersionFeature: struct('0+', { minSupportedVersion: int16('0+'), maxSupportedVersion: int16('0+') }),
  },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    currentLeader: struct(
      '0+',
      {
        leaderId: int32('0+', { default: -1 }),
        leaderEpoch: int32('0+', { default: -1 }),
        host: string('0+'),
        port: int32('0+'),
      },
      { tag: 0 },
    ),
  },
})

export type UpdateRaftVoterRequest = RequestOf<typeof UpdateRaftVoter>
export type UpdateRaftVoterResponse = ResponseOf<typeof UpdateRaftVoter>
