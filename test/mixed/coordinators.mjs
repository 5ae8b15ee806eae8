// Clusters whose coordinators die, again and again, while groups and transactions are at work.
import { setTimeout as delay } from 'node:timers/promises'
import { apis, protocol } from '../support/protocol.mjs'
import { Refused, Wire } from '../support/wire.mjs'
import { allInSync, Connections } from './load.mjs'
import { Nodes } from './nodes.mjs'

const { createRandom, errorName } = protocol
const EVERY_MS = 5000
const DOWN_MS = 2000
const SETTINGS = {
  'offsets.topic.replication.factor': 3,
  'offsets.topic.num.partitions': 6,
  'transaction.state.log.replication.factor': 3,
  'transaction.state.log.num.partitions': 6,
  'transaction.state.log.min.isr': 2,
  'min.insync.replicas': 2,
  'broker.session.timeout.ms': 3000,
  'broker.heartbeat.interval.ms': 500,
}
const INTERNAL = ['__consumer_offsets', '__transaction_state']
export const GROUP = 0
export const TRANSACTION = 1

/**
 * Starts `specs`, has `work` set clients to it and kills a coordinator every five seconds, `kills` times.
 * `work(context)` resolves with `{ keys, failed, finish }`: whose coordinators die, as `[keyType, key]`, what rejects
 * when a client fails, and what lets the clients come to their end and judges them, once the last coordinator is back.
 * Resolves with what `finish` does, and the kills by node.
 */
export async function underFallingCoordinators({ specs, kills, seed, topics }, work) {
  const nodes = await new Nodes(specs, SETTINGS).start()
  const connections = new Connections(nodes)
  try {
    await createTopics(nodes, topics)
    const { keys, finish, failed } = await work({ nodes, connections, random: createRandom(seed + 1) })
    const fallen = killCoordinators({ nodes, connections, keys, kills, random: createRandom(seed) })
    const killed = await Promise.race([fallen, failed])
    const figures = await Promise.race([finish(), failed])
    connections.close()
    await nodes.stop()
    return { ...figures, killed }
  } catch (error) {
    connections.close()
    await nodes.stop({ keep: true })
    throw new Error(`${error.message} (seed ${seed}, folders ${nodes.folder})`, { cause: error })
  }
}

async function killCoordinators({ nodes, connections, keys, kills, random }) {
  const killed = {}
  for (let kill = 0; kill < kills; ) {
    const due = performance.now() + EVERY_MS
    const [keyType, key] = keys[Math.floor(random() * keys.length)]
    const victim = await connections.coordinatorOf(keyType, key)
    if (victim !== null) {
      await nodes.kill(victim)
      await delay(random() * DOWN_MS)
      await nodes.startNode(victim)
      for (const topic of INTERNAL) if (await connections.metadata(topic)) await allInSync(nodes, topic)
      const name = `broker ${victim} (${nodes.node(victim).maker})`
      killed[name] = (killed[name] ?? 0) + 1
      kill += 1
    }
    await delay(Math.max(due - performance.now(), victim === null ? 100 : 0))
  }
  return killed
}

/** Topics with three replicas, by name with the number of their partitions. */
async function createTopics(nodes, topics) {
  const wire = await Wire.open(nodes.brokers[0].port)
  const answer = await wire.send(apis.CreateTopics, {
    timeoutMs: 30_000,
    topics: Object.entries(topics).map(([name, numPartitions]) => ({ name, numPartitions, replicationFactor: 3 })),
  })
  wire.close()
  const refused = answer.topics.find(({ errorCode }) => errorCode !== 0)
  if (refused) throw new Refused('CreateTopics', errorName(refused.errorCode))
  for (const { name } of answer.topics) await allInSync(nodes, name)
}

/** Looks every 100 ms until `holds`; rejects after `limitS` with what `describe` says. */
export async function until(holds, describe, limitS = 120) {
  for (const deadline = Date.now() + limitS * 1000; !(await holds()); await delay(100))
    if (Date.now() > deadline) throw new Error(await describe())
}
