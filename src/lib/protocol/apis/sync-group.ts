import { api, type RequestOf, type ResponseOf } from '../api.ts'
import { array, bytes, int16, int32, nullableString, string } from '../schema.ts'

export const SyncGroup = api(14, 'SyncGroup', {
  versions: '0-5',
  flexible: '4+',
  request: {
    groupId: string('0+'),
    generationId: int32('0+'),
    memberId: string('0+'),
    groupInstanceId: nullableString('3+', '3+'),
    protocolType: nullableString('5+', '5+', { ignorable: true }),
    protocolName: nullableString('5+', '5+', { ignorable: true }),
    assignments: array('0+', { memberId: string('0+'), assignment: bytes('0+') }),
  },
  response: {
    throttleTimeMs: int32('1+', { ignorable: true }),
    errorCode: int16('0+'),
    protocolType: nullableString('5+', '5+', { ignorable: true }),
    protocolName: nullableString('5+', '5+', { ignorable: true }),
    assignment: bytes('0+'),
  },
})

export type SyncGroupRequest = RequestOf<typeof SyncGroup>
export type SyncGroupResponse = ResponseOf<typeof SyncGroup>
