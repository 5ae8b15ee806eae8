import {
  ACL_OPERATIONS,
  PATTERN_TYPES,
  PERMISSION_TYPES,
  RESOURCE_TYPES,
  type AclOperationName,
  type PatternTypeName,
  type PermissionTypeName,
  type ResourceTypeName,
} from '../../protocol/acl-types.ts'
import { nameOf } from '../../protocol/name-of.ts'
import { CreateAcls } from '../../protocol/apis/create-acls.ts'
import { DeleteAcls, type DeleteAclsRequest } from '../../protocol/apis/delete-acls.ts'
import { DescribeAcls } from '../../protocol/apis/describe-acls.ts'
import type { KafkaClient } from '../types.ts'
import { sendToController } from './controller.ts'
import { asKafkaError, itemError, type ItemError } from './item-error.ts'

export {
  ACL_OPERATIONS,
  CLUSTER_NAME,
  PATTERN_TYPES,
  type AclOperationName,
  type PatternTypeName,
  type ResourceTypeName,
} from '../../protocol/acl-types.ts'

/** What an ACL is about; ANY and MATCH are for looking only. */
export interface AclResource {
  readonly resourceType: ResourceTypeName
  readonly name: string
  readonly patternType: PatternTypeName
}

/** Who may do what from where, or may not. */
export interface AclEntry {
  /** `User:alice` */
  readonly principal: string
  /** An address, or `*`. */
  readonly host: string
  readonly operation: AclOperationName
  readonly permissionType: PermissionTypeName
}

export interface Acl extends AclResource, AclEntry {}

/** Which ACLs are meant: of a resource, or with null of any; with just this entry, or with null with any. */
export interface AclFilter {
  readonly resource: AclResource | null
  readonly entry: AclEntry | null
}

/** Throws KafkaError, SECURITY_DISABLED where the brokers have no authorizer. */
export async function describeAcls(client: KafkaClient, filter: AclFilter): Promise<Acl[]> {
  const response = await client.send(DescribeAcls, encodeFilter(filter))
  const error = itemError(response.errorCode, response.errorMessage)
  if (error) throw asKafkaError(error, 'Cannot describe ACLs')
  return response.resources.flatMap(({ acls, ...resource }) => acls.map((entry) => decode({ ...resource, ...entry })))
}

/** Adds each of them by itself; one that is there already is no error. Answers in their order. */
export async function createAcls(
  client: KafkaClient,
  acls: readonly Acl[],
): Promise<{ acl: Acl; error: ItemError | null }[]> {
  const creations = acls.map(({ resourceType, name, patternType, ...entry }) => ({
    resourceType: RESOURCE_TYPES[resourceType],
    resourceName: name,
    resourcePatternType: PATTERN_TYPES[patternType],
    ...encodeEntry(entry),
  }))
  const { results } = await sendToController(
    client,
    (node) => client.send(CreateAcls, { creations }, node),
    (response) => response.results.map(({ errorCode }) => errorCode),
  )
  return acls.map((acl, index) => ({ acl, error: itemError(results[index]!.errorCode, results[index]!.errorMessage) }))
}

/**
 * Removes what the filters mean. Throws KafkaError for a filter that is refused; a single ACL that stays has its error.
 */
export async function deleteAcls(
  client: KafkaClient,
  filters: readonly AclFilter[],
): Promise<{ acl: Acl; error: ItemError | null }[]> {
  const request = { filters: filters.map(encodeFilter) }
  const { filterResults } = await sendToController(
    client,
    (node) => client.send(DeleteAcls, request, node),
    (response) => response.filterResults.map(({ errorCode }) => errorCode),
  )
  return filterResults.flatMap(({ errorCode, errorMessage, matchingAcls }) => {
    const refused = itemError(errorCode, errorMessage)
    if (refused) throw asKafkaError(refused, 'Cannot remove ACLs')
    return matchingAcls.map((acl) => ({ acl: decode(acl), error: itemError(acl.errorCode, acl.errorMessage) }))
  })
}

function encodeFilter({ resource, entry }: AclFilter): DeleteAclsRequest['filters'][number] {
  return {
    resourceTypeFilter: RESOURCE_TYPES[resource?.resourceType ?? 'ANY'],
    resourceNameFilter: resource?.name ?? null,
    patternTypeFilter: PATTERN_TYPES[resource?.patternType ?? 'ANY'],
    principalFilter: entry?.principal ?? null,
    hostFilter: entry?.host ?? null,
    operation: ACL_OPERATIONS[entry?.operation ?? 'ANY'],
    permissionType: PERMISSION_TYPES[entry?.permissionType ?? 'ANY'],
  }
}

const encodeEntry = ({ principal, host, operation, permissionType }: AclEntry) => ({
  principal,
  host,
  operation: ACL_OPERATIONS[operation],
  permissionType: PERMISSION_TYPES[permissionType],
})

interface Encoded {
  readonly resourceType: number
  readonly resourceName: string
  readonly patternType: number
  readonly principal: string
  readonly host: string
  readonly operation: number
  readonly permissionType: number
}

const decode = ({
  resourceType,
  resourceName,
  patternType,
  principal,
  host,
  operation,
  permissionType,
}: Encoded): Acl => ({
  resourceType: nameOf(RESOURCE_TYPES, resourceType),
  name: resourceName,
  patternType: nameOf(PATTERN_TYPES, patternType),
  principal,
  host,
  operation: nameOf(ACL_OPERATIONS, operation),
  permissionType: nameOf(PERMISSION_TYPES, permissionType),
})
