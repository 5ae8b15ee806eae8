import { KafkaError } from '../../../errors.ts'
import {
  ACL_OPERATIONS,
  CLUSTER_NAME,
  type AclOperationName,
  type ResourceTypeName,
} from '../../../protocol/acl-types.ts'
import { CONFIG_RESOURCE_TYPES } from '../../../protocol/apis/describe-configs.ts'
import type { ErrorName } from '../../../protocol/errors.ts'
import type { RequestContext } from '../../handle.ts'

type Context = Pick<RequestContext, 'isAllowed' | 'wouldBeAllowed'>
type Kind = Exclude<ResourceTypeName, 'UNKNOWN' | 'ANY' | 'DELEGATION_TOKEN' | 'USER'>

const REFUSALS: Readonly<Record<Kind, ErrorName>> = {
  TOPIC: 'TOPIC_AUTHORIZATION_FAILED',
  GROUP: 'GROUP_AUTHORIZATION_FAILED',
  CLUSTER: 'CLUSTER_AUTHORIZATION_FAILED',
  TRANSACTIONAL_ID: 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
}

/** Throws KafkaError for who may not do so: the one that belongs to the kind of resource. */
export function requireRight(context: Context, operation: AclOperationName, kind: Kind, name: string): void {
  if (!context.isAllowed(operation, kind, name)) throw new KafkaError(REFUSALS[kind])
}

/**
 * The same for the settings of something: those of a broker, its loggers and the metrics of clients are the cluster's.
 * Of a kind that nobody knows there is nothing to protect.
 */
export function requireConfigRight(
  context: Context,
  operation: 'DESCRIBE_CONFIGS' | 'ALTER_CONFIGS',
  resourceType: number,
  name: string,
): void {
  switch (resourceType) {
    case CONFIG_RESOURCE_TYPES.topic:
      return requireRight(context, operation, 'TOPIC', name)
    case CONFIG_RESOURCE_TYPES.group:
      return requireRight(context, operation, 'GROUP', name)
    case CONFIG_RESOURCE_TYPES.broker:
    case CONFIG_RESOURCE_TYPES.brokerLogger:
    case CONFIG_RESOURCE_TYPES.clientMetrics:
      return requireRight(context, operation, 'CLUSTER', CLUSTER_NAME)
  }
}

/** Whether who asks may do so to anything; where not, the right to the one thing is looked at. */
export const mayOnCluster = (context: Context, operation: AclOperationName): boolean =>
  context.wouldBeAllowed(operation, 'CLUSTER', CLUSTER_NAME)

/** Every operation that a kind of resource knows (AclEntry.supportedOperations). */
const OPERATIONS = {
  TOPIC: ['READ', 'WRITE', 'CREATE', 'DELETE', 'ALTER', 'DESCRIBE', 'DESCRIBE_CONFIGS', 'ALTER_CONFIGS'],
  GROUP: ['READ', 'DESCRIBE', 'DELETE', 'DESCRIBE_CONFIGS', 'ALTER_CONFIGS'],
  CLUSTER: ['CREATE', 'ALTER', 'DESCRIBE', 'CLUSTER_ACTION', 'DESCRIBE_CONFIGS', 'ALTER_CONFIGS', 'IDEMPOTENT_WRITE'],
} as const

/** What who asks may do with a resource, as KIP-430 packs it. */
export function authorizedOperations(context: Context, kind: keyof typeof OPERATIONS, name: string): number {
  return OPERATIONS[kind]
    .filter((operation) => context.wouldBeAllowed(operation, kind, name))
    .reduce((bits, operation) => bits | (1 << ACL_OPERATIONS[operation]), 0)
}

/** The same of the cluster: nothing is told to who may not describe it. */
export const authorizedClusterOperations = (context: Context): number =>
  context.isAllowed('DESCRIBE', 'CLUSTER', CLUSTER_NAME) ? authorizedOperations(context, 'CLUSTER', CLUSTER_NAME) : 0
