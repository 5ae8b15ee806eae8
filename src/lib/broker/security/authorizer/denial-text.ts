import {
  ACL_OPERATIONS,
  PATTERN_TYPES,
  PERMISSION_TYPES,
  RESOURCE_TYPES,
  type AclOperationName,
  type ResourceTypeName,
} from '../../../protocol/acl-types.ts'
import { nameOf } from '../../../protocol/name-of.ts'
import type { Acl } from '../../state/cluster/types.ts'
import type { Client } from './authorizer.ts'

export interface Denial {
  readonly client: Client
  readonly operation: AclOperationName
  readonly resourceType: ResourceTypeName
  readonly resourceName: string
  /** Name of the API. */
  readonly request: string
  /** The one that denies it, null where none allows it. */
  readonly acl: Acl | null
}

/** A denial in the words of Kafka's own log (kafka.authorizer.logger), without its count of references. */
export const denialText = ({ client, operation, resourceType, resourceName, request, acl }: Denial): string =>
  `Principal = ${client.principal} is Denied operation = ${operation} from host = ${client.clientHost.slice(1)} ` +
  `on resource = ${titleOf(resourceType)}:LITERAL:${resourceName} for request = ${request} ` +
  `based on rule ${acl ? `MatchingAcl(acl=${aclText(acl)})` : 'DefaultDeny'}`

/** `TransactionalId` (SecurityUtils.resourceTypeName). */
const titleOf = (type: ResourceTypeName): string =>
  type
    .split('_')
    .map((word) => word[0] + word.slice(1).toLowerCase())
    .join('')

const aclText = ({
  resourceType,
  resourceName,
  patternType,
  principal,
  host,
  operation,
  permissionType,
}: Acl): string =>
  `StandardAcl(resourceType=${nameOf(RESOURCE_TYPES, resourceType)}, resourceName=${resourceName}, ` +
  `patternType=${nameOf(PATTERN_TYPES, patternType)}, principal=${principal}, host=${host}, ` +
  `operation=${nameOf(ACL_OPERATIONS, operation)}, permissionType=${nameOf(PERMISSION_TYPES, permissionType)})`
