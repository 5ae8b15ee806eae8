// Nodes of two makers under load, killed at random: what was acknowledged is on every replica, byte for byte the same.
import { setTimeout as delay } from 'node:timers/promises'
import { apis, protocol } from '../support/protocol.mjs'
import { Wire } from '../support/wire.mjs'
import { checkFolders, readFromEachReplica } from './ledger.mjs'
import { allInSync, countOf, failureOf, writeNumbered } from './load.mjs'
import { Nodes } from './nodes.mjs'

const { createRandom, errorName } = protocol
const TOPIC = 'ledger'
const PARTITIONS = 6
const SETTINGS = {
  'offsets.topic.replication.factor': 1,
  // Where a death is not seen at once, a round waits for the end of a session: that of the dead, or of the one that
  // comes back before it is missed.
  'broker.session.timeout.ms': 3000,
  'broker.heartbeat.interval.ms': 500,
}
/** How long a node is up before it dies, and dead before it comes back, at most. */
const UP_MS = 1000
const DOWN_MS = 2000
/** The others are stopped in good order. */
const KILLED_SHARE = 0.9

/** Runs `rounds` of them on a cluster of the nodes `specs`; resolves with figures, rejects with what is wrong. */
export async function runRounds({ specs, rounds, seed, settings = {} }) {
  const nodes = await new Nodes(specs, { ...SETTINGS, ...settings }).start()
  let isOver = false
  try {
    await createTopic(nodes)
    await allInSync(nodes, TOPIC)
    const writers = Array.from({ length: PARTITIONS }, (_, partition) =>
      writeNumbered(nodes, {
        topic: TOPIC,
        partition,
        name: `p${partition}`,
        isOver: () => isOver,
        random: createRandom(seed + 1 + partition),
      }),
    )
    const figures = await Promise.race([failureOf(writers), disturbOften(nodes, rounds, createRandom(seed))])
    isOver = true
    const written = await Promise.all(writers)
    await allInSync(nodes, TOPIC)
    const highWatermarks = await readFromEachReplica(nodes, TOPIC, written)
    await nodes.stop({ keep: true })
    checkFolders(nodes, TOPIC, written, highWatermarks)
    await nodes.stop()
    return {
      ...figures,
      acknowledged: countOf(written),
      longestGapMs: Math.max(...written.map(({ longestGapMs }) => longestGapMs)),
    }
  } catch (error) {
    isOver = true
    await nodes.stop({ keep: true })
    throw new Error(`${error.message} (seed ${seed}, folders ${nodes.folder})`, { cause: error })
  }
}

/** Resolves with how many nodes were killed, how many stopped, and how long a round took in the middle. */
async function disturbOften(nodes, rounds, random) {
  const figures = { kills: 0, stops: 0 }
  const tookMs = []
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now()
    const victim = nodes.ids[Math.floor(random() * nodes.ids.length)]
    figures[await disturb(nodes, victim, random)] += 1
    await allInSync(nodes, TOPIC)
    tookMs.push(performance.now() - began)
  }
  return { ...figures, medianRoundMs: tookMs.sort((a, b) => a - b)[rounds >> 1] }
}

/** Kills a node, or stops it in good order, and starts it again. */
async function disturb(nodes, victim, random) {
  await delay(random() * UP_MS)
  const isKilled = random() < KILLED_SHARE
  await (isKilled ? nodes.kill(victim) : nodes.stopNode(victim))
  await delay(random() * DOWN_MS)
  await nodes.startNode(victim)
  return isKilled ? 'kills' : 'stops'
}

async function createTopic(nodes) {
  const wire = await Wire.open(nodes.brokers.at(-1).port)
  const topic = {
    name: TOPIC,
    numPartitions: PARTITIONS,
    replicationFactor: 3,
    configs: [{ name: 'min.insync.replicas', value: '2' }],
  }
  const { topics } = await wire.send(apis.CreateTopics, { timeoutMs: 30_000, topics: [topic] })
  wire.close()
  if (topics[0].errorCode !== 0)
    throw new Error(`CreateTopics: ${errorName(topics[0].errorCode)} ${topics[0].errorMessage}`)
}
