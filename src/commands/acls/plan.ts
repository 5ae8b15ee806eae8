import {
  ACL_OPERATIONS,
  CLUSTER_NAME,
  type AclOperationName,
  type ResourceTypeName,
} from '../../lib/protocol/acl-types.ts'
import type { AclEntry, AclResource } from '../../lib/client/admin/acls.ts'
import { UserError } from '../../lib/errors.ts'
import type { AclsValues } from './options.ts'

/** Entries for one resource; none of them means all that there are when ACLs are removed. */
export interface AclPlan {
  readonly resource: AclResource
  readonly entries: readonly AclEntry[]
}

/** What each kind of resource knows, beside All (AclEntry.supportedOperations). */
const OPERATIONS: Readonly<Partial<Record<ResourceTypeName, readonly AclOperationName[]>>> = {
  TOPIC: ['READ', 'WRITE', 'CREATE', 'DELETE', 'ALTER', 'DESCRIBE', 'DESCRIBE_CONFIGS', 'ALTER_CONFIGS'],
  GROUP: ['READ', 'DELETE', 'DESCRIBE', 'DESCRIBE_CONFIGS', 'ALTER_CONFIGS'],
  CLUSTER: ['CREATE', 'ALTER', 'DESCRIBE', 'CLUSTER_ACTION', 'DESCRIBE_CONFIGS', 'ALTER_CONFIGS', 'IDEMPOTENT_WRITE'],
  TRANSACTIONAL_ID: ['WRITE', 'DESCRIBE', 'TWO_PHASE_COMMIT'],
  DELEGATION_TOKEN: ['DESCRIBE'],
  USER: ['CREATE_TOKENS', 'DESCRIBE_TOKENS'],
}

/** What --producer and --consumer stand for on each kind of resource; the cluster is for --idempotent. */
const ROLES = {
  producer: {
    TOPIC: ['WRITE', 'DESCRIBE', 'CREATE'],
    TRANSACTIONAL_ID: ['WRITE', 'DESCRIBE'],
    CLUSTER: ['IDEMPOTENT_WRITE'],
  },
  consumer: { TOPIC: ['READ', 'DESCRIBE'], GROUP: ['READ'] },
} as const satisfies Record<string, Partial<Record<ResourceTypeName, readonly AclOperationName[]>>>

/** The ACLs that the options describe, by resource. Throws UserError. */
export function planAcls(values: AclsValues): AclPlan[] {
  const resources = readResources(values)
  const plan = resources.flatMap((resource) => {
    const operations = operationsFor(resource.resourceType, values)
    return operations === null ? [] : [{ resource, entries: entriesFor(operations, values) }]
  })
  for (const { resource, entries } of plan) checkOperations(resource, entries)
  return plan
}

/** Null for a resource that a role has nothing to do with. */
function operationsFor(
  type: ResourceTypeName,
  { producer, consumer, idempotent, operation }: AclsValues,
): readonly AclOperationName[] | null {
  if (!producer && !consumer) return operation.length === 0 ? ['ALL'] : [...new Set(operation.map(readOperation))]
  const roles = [...(producer ? [ROLES.producer] : []), ...(consumer ? [ROLES.consumer] : [])] as Partial<
    Record<ResourceTypeName, readonly AclOperationName[]>
  >[]
  const operations = [...new Set(roles.flatMap((role) => role[type] ?? []))]
  return operations.length === 0 || (type === 'CLUSTER' && !idempotent) ? null : operations
}

function entriesFor(operations: readonly AclOperationName[], values: AclsValues): AclEntry[] {
  const rules = [
    { permissionType: 'ALLOW', principals: readPrincipals(values.allowPrincipal), hosts: values.allowHost },
    { permissionType: 'DENY', principals: readPrincipals(values.denyPrincipal), hosts: values.denyHost },
  ] as const
  return rules.flatMap(({ permissionType, principals, hosts }) =>
    principals.flatMap((principal) =>
      operations.flatMap((operation) =>
        (hosts.length === 0 ? ['*'] : [...new Set(hosts.map((host) => host.trim()))]).map((host) => ({
          principal,
          host,
          operation,
          permissionType,
        })),
      ),
    ),
  )
}

/** The resources that are named. Throws UserError. */
export function readResources(values: AclsValues): AclResource[] {
  const { topic, group, transactionalId, delegationToken, userPrincipal, cluster, idempotent } = values
  const patternType = (values.resourcePatternType ?? 'literal').toUpperCase() as Uppercase<
    NonNullable<AclsValues['resourcePatternType']>
  >
  const named = (resourceType: ResourceTypeName, names: readonly string[]): AclResource[] =>
    [...new Set(names.map((name) => name.trim()))].map((name) => ({ resourceType, name, patternType }))
  return [
    ...named('TOPIC', topic),
    ...(patternType === 'LITERAL' && (cluster || idempotent) ? named('CLUSTER', [CLUSTER_NAME]) : []),
    ...named('GROUP', group),
    ...named('TRANSACTIONAL_ID', transactionalId),
    ...named('DELEGATION_TOKEN', delegationToken),
    ...named('USER', userPrincipal),
  ]
}

/** `DESCRIBE_CONFIGS` for `DescribeConfigs`. */
const readOperation = (name: AclsValues['operation'][number]): AclOperationName =>
  (Object.keys(ACL_OPERATIONS) as AclOperationName[]).find((known) => operationName(known) === name)!

function checkOperations({ resourceType }: AclResource, entries: readonly AclEntry[]): void {
  const known = OPERATIONS[resourceType]!
  const wrong = entries.find(({ operation }) => operation !== 'ALL' && !known.includes(operation))
  if (wrong)
    throw new UserError(
      `${resourceType} has no operation ${operationName(wrong.operation)}; it has ${['ALL', ...known].map(operationName).join(', ')}`,
    )
}

/** `DescribeConfigs` for `DESCRIBE_CONFIGS`. */
export const operationName = (operation: string): string =>
  operation.toLowerCase().replace(/(?:^|_)(.)/g, (_, letter: string) => letter.toUpperCase())

/** `User:alice` each, without those that have no value. Throws UserError. */
export function readPrincipals(texts: readonly (string | true)[]): string[] {
  return [...new Set(texts.filter((text) => text !== true).map(readPrincipal))]
}

function readPrincipal(text: string): string {
  const principal = text.trim()
  if (!principal.includes(':')) throw new UserError(`"${text}" is not a principal: write it like User:alice`)
  return principal
}
