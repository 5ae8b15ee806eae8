import type { AclsChange } from './acls.ts'
import type { ClientQuotaChange } from './client-quotas.ts'
import type { ConfigsChange } from './resource-configs.ts'
import type { ScramChange } from './scram-credentials.ts'
import type { Topic } from './types.ts'

/**
 * One change of the cluster's metadata, whole or absent: each is one line of JSON, on the disk before it takes effect.
 */
export type Change =
  | { readonly type: 'topic'; readonly topic: TopicRecord }
  | { readonly type: 'topicRemoved'; readonly name: string }
  | { readonly type: 'producerIds'; readonly next: string }
  | CompactedChange
  | ConfigsChange
  | ClientQuotaChange
  | ScramChange
  | AclsChange

/** What a compact journal keeps of the history that it has lost. */
export interface CompactedChange {
  readonly type: 'compacted'
  /** How many changes there were. */
  readonly offset: number
  readonly leaderEpoch: number
}

export type TopicRecord = Omit<Topic, 'configs' | 'isInternal'> & { readonly configs: Record<string, string> }

type Check = (value: unknown) => boolean

const isString: Check = (value) => typeof value === 'string'
const isInteger: Check = (value) => Number.isInteger(value)
const isNumber: Check = (value) => typeof value === 'number'
const isArrayOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check)
const isRecordOf =
  (check: Check): Check =>
  (value) =>
    isObject(value) && Object.values(value).every(check)
const isObjectWith =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isObject(value) && Object.entries(checks).every(([name, check]) => check(value[name]))
const nullable =
  (check: Check): Check =>
  (value) =>
    value === null || check(value)

const isPartitions: Check = (value) =>
  isArrayOf(
    isObjectWith({
      partition: isInteger,
      leader: isInteger,
      leaderEpoch: isInteger,
      replicas: isArrayOf(isInteger),
      isr: isArrayOf(isInteger),
    }),
  )(value) && (value as { partition: number }[]).every(({ partition }, index) => partition === index)

const isAcls = isArrayOf(
  isObjectWith({
    resourceType: isInteger,
    resourceName: isString,
    patternType: isInteger,
    principal: isString,
    host: isString,
    operation: isInteger,
    permissionType: isInteger,
  }),
)

/** What a change of each kind has to have. */
const SHAPES: Readonly<Record<Change['type'], Check>> = {
  topic: isObjectWith({
    topic: isObjectWith({ name: isString, topicId: isString, partitions: isPartitions, configs: isRecordOf(isString) }),
  }),
  topicRemoved: isObjectWith({ name: isString }),
  producerIds: isObjectWith({ next: (value) => typeof value === 'string' && /^\d{1,19}$/.test(value) }),
  compacted: isObjectWith({ offset: isInteger, leaderEpoch: isInteger }),
  configs: isObjectWith({ resource: isString, name: isString, configs: isRecordOf(isString) }),
  clientQuota: isObjectWith({ entity: isRecordOf(nullable(isString)), values: isRecordOf(nullable(isNumber)) }),
  scram: isObjectWith({
    user: isString,
    mechanism: isInteger,
    credential: nullable(
      isObjectWith({ iterations: isInteger, salt: isString, storedKey: isString, serverKey: isString }),
    ),
  }),
  acls: isObjectWith({ added: isAcls, removed: isAcls }),
}

/** Whether something read from the journal can be a change. */
export function isChange(value: unknown): value is Change {
  return (
    isObject(value) &&
    typeof value['type'] === 'string' &&
    Object.hasOwn(SHAPES, value['type']) &&
    SHAPES[value['type'] as Change['type']](value)
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
