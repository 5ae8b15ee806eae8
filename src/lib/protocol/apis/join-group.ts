import { api, type RequestOf, type ResponseOf } from '../api.ts'
import { array, bool, bytes, int16, int32, nullableString, string } from '../schema.ts'

export const JoinGroup = api(11, 'JoinGroup', {
  versions: '0-9',
  flexible: '6+',
  request: {
    groupId: string('0+'),
    sessionTimeoutMs: int32('0+'),
    rebalanceTimeoutMs: int32('1+', { default: -1, ignorable: true }),
    memberId: string('0+'),
    groupInstanceId: nullableString('5+', '5+'),
    protocolType: string('0+'),
    protocols: array('0+', { name: string('0+'), metadata: bytes('0+') }),
    reason: nullableString('8+', '8+', { ignorable: true }),
  },
  response: {
    throttleTimeMs: int32('2+', { ignorable: true }),
    errorCode: int16('0+'),
    generationId: int32('0+', { default: -1 }),
    protocolType: nullableString('7+', '7+', { ignorable: true }),
    protocolName: nullableString('0+', '7+', { default: '' }),
    leader: string('0+'),
    skipAssignment: bool('9+'),
    memberId: string('0+'),
    members: array('0+', {
      memberId: string('0+'),
      groupInstanceId: nullableString('5+', '5+', { ignorable: true }),
      metadata: bytes('0+'),
    }),
  },
})

export type JoinGroupRequest = RequestOf<typeof JoinGroup>
export type JoinGroupResponse = ResponseOf<typeof JoinGroup>
