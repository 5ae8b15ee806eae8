/** A line of cluster-metadata.jsonl: one change of the cluster's metadata. */
export type Change =
  | { readonly type: 'topic'; readonly topic: TopicChange }
  | { readonly type: 'topicRemoved'; readonly name: string }
  | { readonly type: 'producerIds'; readonly next: string }
  | { readonly type: 'compacted'; readonly offset: number; readonly leaderEpoch: number }
  | {
      readonly type: 'configs'
      readonly resource: 'broker' | 'group' | 'client-metrics'
      readonly name: string
      readonly configs: Readonly<Record<string, string>>
    }
  | {
      readonly type: 'clientQuota'
      readonly entity: Readonly<Record<string, string | null>>
      readonly values: Readonly<Record<string, number | null>>
    }
  | {
      readonly type: 'scram'
      readonly user: string
      readonly mechanism: number
      /** Null takes it away; bytes are base64. */
      readonly credential: {
        readonly iterations: number
        readonly salt: string
        readonly storedKey: string
        readonly serverKey: string
      } | null
    }
  | { readonly type: 'acls'; readonly added: readonly AclChange[]; readonly removed: readonly AclChange[] }

/** All that a topic is from now on. */
export interface TopicChange {
  readonly name: string
  readonly topicId: string
  readonly partitions: readonly {
    readonly partition: number
    readonly leader: number
    readonly leaderEpoch: number
    readonly replicas: readonly number[]
    readonly isr: readonly number[]
  }[]
  readonly configs: Readonly<Record<string, string>>
}

export interface AclChange {
  readonly resourceType: number
  readonly resourceName: string
  readonly patternType: number
  readonly principal: string
  readonly host: string
  readonly operation: number
  readonly permissionType: number
}

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

/** Whether something read from the file can be a change. */
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
