import { api, type ResponseOf } from '../api.ts'
import { array, int16, int32, string } from '../schema.ts'

export const ListGroups = api(16, 'ListGroups', {
  versions: '0-5',
  flexible: '3+',
  request: { statesFilter: array('4+', string('4+')), typesFilter: array('5+', string('5+')) },
  response: {
    throttleTimeMs: int32('1+', { ignorable: true }),
    errorCode: int16('0+'),
    groups: array('0+', {
      groupId: string('0+'),
      protocolType: string('0+'),
      groupState: string('4+', { ignorable: true }),
      groupType: string('5+', { ignorable: true }),
    }),
  },
})

export type ListGroupsResponse = ResponseOf<typeof ListGroups>
