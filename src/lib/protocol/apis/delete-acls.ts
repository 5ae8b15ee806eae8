import { api, type RequestOf } from '../api.ts'
import { array, int16, int32, int8, nullableString, string } from '../schema.ts'
import { aclFilter } from './describe-acls.ts'

export const DeleteAcls = api(31, 'DeleteAcls', {
  versions: '1-3',
  flexible: '2+',
  request: { filters: array('1+', aclFilter) },
  response: {
    throttleTimeMs: int32('1+'),
    filterResults: array('1+', {
      errorCode: int16('1+'),
      errorMessage: nullableString('1+', '1+', { default: '' }),
      matchingAcls: array('1+', {
        errorCode: int16('1+'),
        errorMessage: nullableString('1+', '1+', { default: '' }),
        resourceType: int8('1+'),
        resourceName: string('1+'),
        patternType: int8('1+', { default: 3 }),
        principal: string('1+'),
        host: string('1+'),
        operation: int8('1+'),
        permissionType: int8('1+'),
      }),
    }),
  },
})

export type DeleteAclsRequest = RequestOf<typeof DeleteAcls>
