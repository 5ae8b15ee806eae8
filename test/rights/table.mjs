// The table of rights: what each user is answered to each request. The same walk records Apache Kafka's and ours.
import { CASES, codesIn } from './cases.mjs'
import { ACLS, ANONYMOUS, NAMES, SUPER_USER, USERS } from './users.mjs'

const { topic, group, transactionalId, other } = NAMES
const TOPICS = [topic, other.topic, 'open-topic']
const RETRY_MS = 20
const LIMIT_MS = 30_000

/** A broker's settings beside its listeners; who is no super user may do what ACLs say. */
export const SETTINGS = {
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  // The records of the table are from 1970, and stay however long it takes.
  'log.retention.ms': '-1',
  'super.users': `User:${SUPER_USER}`,
  'offsets.topic.num.partitions': '1',
  'transaction.state.log.num.partitions': '1',
}

/**
 * Asks a broker everything, of every user; `{ [user]: { [case]: text } }`. `connect(user)` resolves with
 * `{ send(apiName, request, version), close() }`; `buildBatch` is the protocol's.
 */
export async function askEverything({ connect, buildBatch }) {
  const admin = await connect(SUPER_USER)
  const world = await prepare(admin, buildBatch)
  const table = {}
  for (const { name } of USERS) {
    const client = name === SUPER_USER ? admin : await connect(name)
    await restore(admin, world)
    table[name] = await askAll(client, admin, world)
    if (client !== admin) client.close()
  }
  admin.close()
  return table
}

export const cellsIn = (table) => Object.values(table).reduce((sum, cells) => sum + Object.keys(cells).length, 0)

async function askAll(client, admin, world) {
  const cells = {}
  for (const { name, api, version, request, view = codesIn, changes } of CASES) {
    const answer = await client.send(api, request(world), version)
    cells[name] = view(answer).trim()
    if (changes) await restore(admin, world, api === 'DeleteTopics' && answer.responses[0].errorCode === 0)
  }
  return cells
}

async function prepare(admin, buildBatch) {
  const record = [{ timestamp: 0n, key: null, value: Buffer.from('x'), headers: [] }]
  const world = {
    batch: buildBatch(record, {}),
    transactionalBatch: buildBatch(record, {
      isTransactional: true,
      producerId: 4_000_000n,
      producerEpoch: 0,
      baseSequence: 0,
    }),
  }
  await admin.send('CreateAcls', { creations: ACLS })
  const everything = { resourceTypeFilter: 1, patternTypeFilter: 1, operation: 1, permissionType: 1 }
  const filter = { ...everything, resourceNameFilter: null, principalFilter: null, hostFilter: null }
  await until(async () => {
    const { resources } = await admin.send('DescribeAcls', filter)
    return resources.reduce((sum, { acls }) => sum + acls.length, 0) === ACLS.length
  })
  for (const keyType of [0, 1]) {
    await until(async () => {
      const { coordinators } = await admin.send('FindCoordinator', { keyType, coordinatorKeys: ['x'] })
      return coordinators[0].errorCode === 0 || coordinators[0].errorCode
    })
  }
  await restore(admin, world)
  for (const id of [transactionalId, other.transactionalId]) {
    await until(async () => {
      const { errorCode } = await admin.send('InitProducerId', { transactionalId: id, transactionTimeoutMs: 60_000 })
      return errorCode === 0 || errorCode
    })
  }
  return world
}

/** Whatever a user has deleted is there again; of a topic the broker has to hear first that it is gone. */
async function restore(admin, world, isTopicGone = false) {
  if (isTopicGone) {
    await until(async () => {
      const byId = { topics: [{ name: null, topicId: world.topicId }], allowAutoTopicCreation: false }
      const { topics } = await admin.send('Metadata', byId)
      return topics[0].errorCode !== 0 || 'there'
    })
  }
  const named = { topics: TOPICS.map((name) => ({ name })), allowAutoTopicCreation: false }
  await until(async () => {
    const { topics } = await admin.send('Metadata', named)
    const missing = topics.filter(({ errorCode }) => errorCode !== 0)
    world.topicId = topics.find(({ name }) => name === topic)?.topicId
    if (missing.length === 0) return topics.every(({ partitions }) => partitions[0]?.leaderId >= 0)
    const made = missing.map(({ name }) => ({ name, numPartitions: 1, replicationFactor: 1 }))
    await admin.send('CreateTopics', { topics: made, timeoutMs: 5000 })
    return false
  })
  for (const groupId of [group, other.group]) {
    await until(async () => {
      const committed = [topic, other.topic].map((name) => ({
        name,
        partitions: [{ partitionIndex: 0, committedOffset: 0n }],
      }))
      const { topics } = await admin.send('OffsetCommit', { groupId, topics: committed }, 9)
      return codesIn(topics) === '0' || codesIn(topics)
    })
  }
}

/** Tries until nothing is in the way any more; `condition` returns true, or what is. */
async function until(condition) {
  const deadline = Date.now() + LIMIT_MS
  for (let found = await condition(); found !== true; found = await condition()) {
    if (Date.now() > deadline) throw new Error(`after ${LIMIT_MS} ms still ${JSON.stringify(found)}: ${condition}`)
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
  }
}

/** Cells of two tables that differ, a line each. */
export function differences(expected, found) {
  return Object.entries(expected).flatMap(([user, cells]) =>
    Object.entries(cells).flatMap(([name, text]) =>
      found[user]?.[name] === text
        ? []
        : [`${user}: ${name}: ${JSON.stringify(text)} became ${JSON.stringify(found[user]?.[name])}`],
    ),
  )
}

export const isAnonymous = (user) => user === ANONYMOUS
