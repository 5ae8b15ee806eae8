import { api, type RequestOf } from '../api.ts'
import { array, bool, int16, int32, int8, nullableString, string } from '../schema.ts'

export const AlterConfigs = api(33, 'AlterConfigs', {
  versions: '0-2',
  flexible: '2+',
  request: {
    resources: array('0+', {
      resourceType: int8('0+'),
      resourceName: string('0+'),
      configs: array('0+', { name: string('0+'), value: nullableString('0+', '0+', { default: '' }) }),
    }),
    validateOnly: bool('0+'),
  },
  response: {
    throttleTimeMs: int32('0+'),
    responses: array('0+', {
      errorCode: int16('0+'),
      errorMessage: nullableString('0+', '0+', { default: '' }),
      resourceType: int8('0+'),
      resourceName: string('0+'),
    }),
  },
})

export type AlterConfigsRequest = RequestOf<typeof AlterConfigs>
