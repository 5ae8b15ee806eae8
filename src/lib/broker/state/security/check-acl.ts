import { KafkaError } from '../../../errors.ts'
import {
  ACL_OPERATIONS,
  CLUSTER_NAME,
  PATTERN_TYPES,
  PERMISSION_TYPES,
  RESOURCE_TYPES,
} from '../../../protocol/acl-types.ts'
import { nameOf } from '../../../protocol/name-of.ts'
import type { Acl } from '../cluster/types.ts'

/** Throws KafkaError INVALID_REQUEST for an ACL that cannot be (AclApis, AclControlManager.validateNewAcl). */
export function checkAcl({ resourceType, resourceName, patternType, principal, operation, permissionType }: Acl): void {
  if (resourceType === RESOURCE_TYPES.CLUSTER && resourceName !== CLUSTER_NAME)
    throw refused(`The only valid name for the CLUSTER resource is ${CLUSTER_NAME}`)
  if (resourceName === '') throw refused('Invalid empty resource name')
  const names = {
    resourceType: nameOf(RESOURCE_TYPES, resourceType),
    patternType: nameOf(PATTERN_TYPES, patternType),
    operation: nameOf(ACL_OPERATIONS, operation),
    permissionType: nameOf(PERMISSION_TYPES, permissionType),
  }
  for (const [field, name] of Object.entries(names)) {
    if (name === 'UNKNOWN' || name === 'ANY' || name === 'MATCH') throw refused(`Invalid ${field} ${name}`)
  }
  if (!principal.includes(':'))
    throw refused(
      `Could not parse principal from \`${principal}\` (no colon is present separating the principal type from the principal name)`,
    )
}

const refused = (reason: string): KafkaError => new KafkaError('INVALID_REQUEST', reason)
