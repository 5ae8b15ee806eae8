import { api } from '../api.ts'
import { array, int16, int32, int8, string } from '../schema.ts'

export const ListConfigResources = api(74, 'ListConfigResources', {
  versions: '0-1',
  flexible: '0+',
  request: { resourceTypes: array('1+', int8('1+')) },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    configResources: array('0+', { resourceName: string('0+'), resourceType: int8('1+', { default: 16 }) }),
  },
})
