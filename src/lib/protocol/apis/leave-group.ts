import { api, type RequestOf, type ResponseOf } from '../api.ts'
import { array, int16, int32, nullableString, string } from '../schema.ts'

export const LeaveGroup = api(13, 'LeaveGroup', {
  versions: '0-5',
  flexible: '4+',
  request: {
    groupId: string('0+'),
    memberId: string('0-2'),
    members: array('3+', {
      memberId: string('3+'),
      groupInstanceId: nullableString('3+', '3+'),
      reason: nullableString('5+', '5+', { ignorable: true }),
    }),
  },
  response: {
    throttleTimeMs: int32('1+', { ignorable: true }),
    errorCode: int16('0+'),
    members: array('3+', {
      memberId: string('3+'),
      groupInstanceId: nullableString('3+', '3+', { default: '' }),
      errorCode: int16('3+'),
    }),
  },
})

export type LeaveGroupRequest = RequestOf<typeof LeaveGroup>
export type LeaveGroupResponse = ResponseOf<typeof LeaveGroup>
