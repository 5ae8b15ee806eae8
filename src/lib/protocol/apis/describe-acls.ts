import { api, type ResponseOf } from '../api.ts'
import { array, int16, int32, int8, nullableString, string } from '../schema.ts'

/** Which ACLs are meant: null and the ANY of an enumeration fit everything. */
export const aclFilter = {
  resourceTypeFilter: int8('1+'),
  resourceNameFilter: nullableString('1+', '1+', { default: '' }),
  patternTypeFilter: int8('1+', { default: 3 }),
  principalFilter: nullableString('1+', '1+', { default: '' }),
  hostFilter: nullableString('1+', '1+', { default: '' }),
  operation: int8('1+'),
  permissionType: int8('1+'),
}

export const DescribeAcls = api(29, 'DescribeAcls', {
  versions: '1-3',
  flexible: '2+',
  request: aclFilter,
  response: {
    throttleTimeMs: int32('1+'),
    errorCode: int16('1+'),
    errorMessage: nullableString('1+', '1+', { default: '' }),
    resources: array('1+', {
      resourceType: int8('1+'),
      resourceName: string('1+'),
      patternType: int8('1+', { default: 3 }),
      acls: array('1+', {
        principal: string('1+'),
        host: string('1+'),
        operation: int8('1+'),
        permissionType: int8('1+'),
      }),
    }),
  },
})

export type DescribeAclsResponse = ResponseOf<typeof DescribeAcls>
