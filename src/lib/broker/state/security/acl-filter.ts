import { KafkaError } from '../../../errors.ts'
import { ACL_OPERATIONS, PATTERN_TYPES, PERMISSION_TYPES, RESOURCE_TYPES } from '../../../protocol/acl-types.ts'
import { nameOf } from '../../../protocol/name-of.ts'
import type { Acl } from '../cluster/types.ts'

/** Which ACLs are meant: null and the ANY of an enumeration fit everything. */
export interface AclFilter {
  readonly resourceTypeFilter: number
  readonly resourceNameFilter: string | null
  readonly patternTypeFilter: number
  readonly principalFilter: string | null
  readonly hostFilter: string | null
  readonly operation: number
  readonly permissionType: number
}

const ANYTHING = '*'

/**
 * Whether an ACL is meant (AclBindingFilter.matches). Throws KafkaError INVALID_REQUEST for a filter that nobody
 * understands.
 */
export function aclFilter(filter: AclFilter): (acl: Acl) => boolean {
  rejectUnknown(filter)
  return (acl) =>
    fits(filter.resourceTypeFilter, RESOURCE_TYPES.ANY, acl.resourceType) &&
    fitsPattern(filter, acl) &&
    fits(filter.principalFilter, null, acl.principal) &&
    fits(filter.hostFilter, null, acl.host) &&
    fits(filter.operation, ACL_OPERATIONS.ANY, acl.operation) &&
    fits(filter.permissionType, PERMISSION_TYPES.ANY, acl.permissionType)
}

const fits = <V>(wanted: V, any: V, value: V): boolean => wanted === any || wanted === value

/**
 * MATCH finds what has a say about a resource of this name, other filters what is written exactly so
 * (ResourcePatternFilter).
 */
function fitsPattern({ patternTypeFilter: wanted, resourceNameFilter: name }: AclFilter, acl: Acl): boolean {
  const isOfType = wanted === PATTERN_TYPES.ANY || wanted === PATTERN_TYPES.MATCH || wanted === acl.patternType
  if (!isOfType || name === null) return isOfType
  if (wanted !== PATTERN_TYPES.MATCH) return acl.resourceName === name
  return acl.patternType === PATTERN_TYPES.PREFIXED
    ? name.startsWith(acl.resourceName)
    : acl.resourceName === name || acl.resourceName === ANYTHING
}

function rejectUnknown({ resourceTypeFilter, patternTypeFilter, operation, permissionType }: AclFilter): void {
  const isUnknown =
    nameOf(RESOURCE_TYPES, resourceTypeFilter) === 'UNKNOWN' || nameOf(PATTERN_TYPES, patternTypeFilter) === 'UNKNOWN'
  if (isUnknown) throw new KafkaError('INVALID_REQUEST', 'Unknown patternFilter.')
  if (nameOf(ACL_OPERATIONS, operation) === 'UNKNOWN' || nameOf(PERMISSION_TYPES, permissionType) === 'UNKNOWN') {
    throw new KafkaError('INVALID_REQUEST', 'Unknown entryFilter.')
  }
}
