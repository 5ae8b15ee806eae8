import { api } from '../api.ts'
import { array, int16, int32, string } from '../schema.ts'

export const DeleteGroups = api(42, 'DeleteGroups', {
  versions: '0-2',
  flexible: '2+',
  request: { groupsNames: array('0+', string('0+')) },
  response: {
    throttleTimeMs: int32('0+'),
    results: array('0+', { groupId: string('0+'), errorCode: int16('0+') }),
  },
})
