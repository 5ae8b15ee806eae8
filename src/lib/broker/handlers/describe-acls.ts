import { DescribeAcls, type DescribeAclsResponse } from '../../protocol/apis/describe-acls.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { handle, onCluster } from '../handle.ts'
import type { Acl } from '../state/cluster/types.ts'
import { refusalOf } from '../state/refusal.ts'
import { aclFilter } from '../state/security/acl-filter.ts'

export const describeAcls = handle(
  DescribeAcls,
  onCluster('DESCRIBE'),
  (filter, { broker: { cluster, authorizer } }) => {
    if (!authorizer)
      return {
        errorCode: ERRORS.SECURITY_DISABLED,
        errorMessage: 'No Authorizer is configured on the broker',
        resources: [],
      }
    try {
      return { errorMessage: null, resources: byPattern(cluster.acls.all().filter(aclFilter(filter))) }
    } catch (error) {
      return { ...refusalOf(error), resources: [] }
    }
  },
)

function byPattern(acls: readonly Acl[]): DescribeAclsResponse['resources'] {
  const patterns = new Map<string, DescribeAclsResponse['resources'][number]>()
  for (const { resourceType, resourceName, patternType, ...entry } of acls) {
    const key = `${resourceType} ${patternType} ${resourceName}`
    const known = patterns.get(key)
    if (known) known.acls.push(entry)
    else patterns.set(key, { resourceType, resourceName, patternType, acls: [entry] })
  }
  return [...patterns.values()]
}
