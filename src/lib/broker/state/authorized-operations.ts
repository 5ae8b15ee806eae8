import { ACL_OPERATIONS, type AclOperationName } from '../../protocol/acl-types.ts'

const bits = (...operations: AclOperationName[]): number =>
  operations.reduce((set, name) => set | (1 << ACL_OPERATIONS[name]), 0)

/**
 * What anyone may do where there is no authorizer, as KIP-430 packs it: every operation that the resource knows
 * (AclEntry).
 */
export const TOPIC_OPERATIONS = bits(
  'READ',
  'WRITE',
  'CREATE',
  'DELETE',
  'ALTER',
  'DESCRIBE',
  'DESCRIBE_CONFIGS',
  'ALTER_CONFIGS',
)
export const GROUP_OPERATIONS = bits('READ', 'DESCRIBE', 'DELETE', 'DESCRIBE_CONFIGS', 'ALTER_CONFIGS')
export const CLUSTER_OPERATIONS = bits(
  'CREATE',
  'ALTER',
  'DESCRIBE',
  'CLUSTER_ACTION',
  'DESCRIBE_CONFIGS',
  'ALTER_CONFIGS',
  'IDEMPOTENT_WRITE',
)
