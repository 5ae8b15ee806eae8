import { api, type ResponseOf } from '../api.ts'
import { array, bool, bytes, int16, int32, nullableString, string } from '../schema.ts'

export const DescribeGroups = api(15, 'DescribeGroups', {
  versions: '0-6',
  flexible: '5+',
  request: { groups: array('0+', string('0+')), includeAuthorizedOperations: bool('3+') },
  response: {
    throttleTimeMs: int32('1+', { ignorable: true }),
    groups: array('0+', {
      errorCode: int16('0+'),
      errorMessage: nullableString('6+', '6+'),
      groupId: string('0+'),
      groupState: string('0+'),
      protocolType: string('0+'),
      protocolData: string('0+'),
      members: array('0+', {
        memberId: string('0+'),
        groupInstanceId: nullableString('4+', '4+', { ignorable: true }),
        clientId: string('0+'),
        clientHost: string('0+'),
        memberMetadata: bytes('0+'),
        memberAssignment: bytes('0+'),
      }),
      authorizedOperations: int32('3+', { default: -2147483648 }),
    }),
  },
})

export type DescribeGroupsResponse = ResponseOf<typeof DescribeGroups>
