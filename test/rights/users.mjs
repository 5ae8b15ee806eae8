// Who asks: each has ACLs of its own, made once, so that one broker answers them all.

export const RESOURCE = { topic: 2, group: 3, cluster: 4, transactionalId: 5 }
export const OPERATION = {
  ALL: 2,
  READ: 3,
  WRITE: 4,
  CREATE: 5,
  DELETE: 6,
  ALTER: 7,
  DESCRIBE: 8,
  CLUSTER_ACTION: 9,
  DESCRIBE_CONFIGS: 10,
  ALTER_CONFIGS: 11,
  IDEMPOTENT_WRITE: 12,
}
const [LITERAL, PREFIXED] = [3, 4]
const [DENY, ALLOW] = [2, 3]

export const SUPER_USER = 'admin'
export const ANONYMOUS = 'ANONYMOUS'
export const passwordOf = (user) => `${user}-secret`

/** What the table is about: what rights speak of begins with `rights-`, what is beside it does not. */
export const NAMES = {
  topic: 'rights-topic',
  group: 'rights-group',
  transactionalId: 'rights-txn',
  other: { topic: 'other-topic', group: 'other-group', transactionalId: 'other-txn' },
}

const PATTERNS = {
  literal: (kind) => ({ resourceName: NAMES[kind], resourcePatternType: LITERAL }),
  prefixed: () => ({ resourceName: 'rights-', resourcePatternType: PREFIXED }),
  wildcard: () => ({ resourceName: '*', resourcePatternType: LITERAL }),
}

function right(kind, operation, pattern, { permission = ALLOW, host = '*', principal } = {}) {
  const resource =
    kind === 'cluster' ? { resourceName: 'kafka-cluster', resourcePatternType: LITERAL } : PATTERNS[pattern](kind)
  return {
    resourceType: RESOURCE[kind],
    ...resource,
    host,
    operation: OPERATION[operation],
    permissionType: permission,
    principal,
  }
}

/** Every single right by every pattern. */
const SINGLE = [
  ...['READ', 'WRITE', 'CREATE', 'DELETE', 'ALTER', 'DESCRIBE', 'DESCRIBE_CONFIGS', 'ALTER_CONFIGS', 'ALL'].map(
    (op) => ['topic', op],
  ),
  ...['READ', 'DELETE', 'DESCRIBE', 'DESCRIBE_CONFIGS', 'ALTER_CONFIGS', 'ALL'].map((op) => ['group', op]),
  ...['WRITE', 'DESCRIBE', 'ALL'].map((op) => ['transactionalId', op]),
].flatMap(([kind, operation]) =>
  Object.keys(PATTERNS).map((pattern) => ({
    name: `${kind}-${operation}-${pattern}`,
    rights: [right(kind, operation, pattern)],
  })),
)

const CLUSTER = [
  'CREATE',
  'ALTER',
  'DESCRIBE',
  'DELETE',
  'CLUSTER_ACTION',
  'DESCRIBE_CONFIGS',
  'ALTER_CONFIGS',
  'IDEMPOTENT_WRITE',
  'ALL',
].map((operation) => ({ name: `cluster-${operation}`, rights: [right('cluster', operation)] }))

const deny = { permission: DENY }

/** Rights that meet, and rights that do not hold. */
const MIXED = [
  { name: 'nobody', rights: [] },
  { name: 'elsewhere', rights: [right('topic', 'ALL', 'wildcard', { host: '10.1.2.3' })] },
  { name: 'here', rights: [right('topic', 'READ', 'literal', { host: '127.0.0.1' })] },
  { name: 'denied-all', rights: [right('topic', 'ALL', 'literal'), right('topic', 'ALL', 'wildcard', deny)] },
  { name: 'denied-read', rights: [right('topic', 'ALL', 'prefixed'), right('topic', 'READ', 'literal', deny)] },
  { name: 'denied-describe', rights: [right('topic', 'ALL', 'wildcard'), right('topic', 'DESCRIBE', 'literal', deny)] },
  { name: 'denied-prefix', rights: [right('topic', 'WRITE', 'wildcard'), right('topic', 'WRITE', 'prefixed', deny)] },
  {
    name: 'denied-write-in-prefix',
    rights: [right('topic', 'WRITE', 'literal'), right('topic', 'WRITE', 'prefixed', deny)],
  },
  { name: 'denied-cluster', rights: [right('cluster', 'ALL'), right('cluster', 'DESCRIBE', '', deny)] },
  { name: 'denied-group', rights: [right('group', 'ALL', 'wildcard'), right('group', 'READ', 'prefixed', deny)] },
  { name: 'producer', rights: [right('topic', 'WRITE', 'literal'), right('transactionalId', 'WRITE', 'literal')] },
  { name: 'consumer', rights: [right('topic', 'READ', 'literal'), right('group', 'READ', 'literal')] },
  {
    name: 'processor',
    rights: [
      right('topic', 'READ', 'prefixed'),
      right('topic', 'WRITE', 'prefixed'),
      right('group', 'READ', 'prefixed'),
      right('transactionalId', 'ALL', 'prefixed'),
    ],
  },
  {
    name: 'owner',
    rights: ['topic', 'group', 'transactionalId', 'cluster'].map((kind) => right(kind, 'ALL', 'wildcard')),
  },
]

export const USERS = [
  { name: ANONYMOUS, rights: [] },
  ...MIXED,
  ...SINGLE,
  ...CLUSTER,
  { name: SUPER_USER, rights: [] },
]

/** Rights of all are on something of their own, so that they change nothing for the table's. */
export const ACLS = [
  ...USERS.flatMap(({ name, rights }) => rights.map((each) => ({ ...each, principal: `User:${name}` }))),
  {
    ...right('topic', 'READ', 'literal'),
    resourceName: 'open-topic',
    principal: 'User:*',
  },
]
