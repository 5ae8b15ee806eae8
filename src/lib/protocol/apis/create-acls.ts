import { api, type RequestOf } from '../api.ts'
import { array, int16, int32, int8, nullableString, string } from '../schema.ts'

export const CreateAcls = api(30, 'CreateAcls', {
  versions: '1-3',
  flexible: '2+',
  request: {
    creations: array('1+', {
      resourceType: int8('1+'),
      resourceName: string('1+'),
      resourcePatternType: int8('1+', { default: 3 }),
      principal: string('1+'),
      host: string('1+'),
      operation: int8('1+'),
      permissionType: int8('1+'),
    }),
  },
  response: {
    throttleTimeMs: int32('1+'),
    results: array('1+', {
      errorCode: int16('1+'),
      errorMessage: nullableString('1+', '1+', { default: '' }),
    }),
  },
})

export type CreateAclsRequest = RequestOf<typeof CreateAcls>
