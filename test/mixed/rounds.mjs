// Nodes of two makers under load, killed at random: what was acknowledged is on every replica, byte for byte the same.
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { apis, protocol } from '../support/protocol.mjs'

import { Wire } from '../support/wire.mjs'
import { batchesOf, firstDifference } from './folders.mjs'
import { allInSync, writeNumbered } from './load.mjs'
import { Nodes } from './nodes.mjs'

const { createRandom, errorName, RecordReader } = protocol
const TOPIC = 'ledger'
const PARTITIONS = 6

/** Runs `rounds` of them on a cluster of the nodes `specs`; resolves with figures, rejects with what is wrong. */
export async function runRounds({ specs, rounds, seed, settings = {} }) {
  const random = createRandom(seed)
  const nodes = await new Nodes(specs, { 'offsets.topic.replication.factor': 1, ...settings }).start()
  let isOver = false
  try {
    await createTopic(nodes)
    await allInSync(nodes, TOPIC)
    const writers = Array.from({ length: PARTITIONS }, (_, partition) =>
      writeNumbered(nodes, { topic: TOPIC, partition, name: `p${partition}`, isOver: () => isOver, random }),
    )
    const failed = Promise.race(writers).then(
      () => {},
      (error) => Promise.reject(error),
    )
    failed.catch(() => {})
    for (let round = 0; round < rounds; round += 1) {
      const { ids } = nodes
      const victim = ids[Math.floor(random() * ids.length)]
      await Promise.race([failed, disturb(nodes, victim, random)])
      await allInSync(nodes, TOPIC)
    }
    isOver = true
    const written = await Promise.all(writers)
    await allInSync(nodes, TOPIC)
    await delay(1000)
    await nodes.stop({ keep: true })
    const acknowledged = check(nodes, written)
    await nodes.stop()
    return { acknowledged, longestGapMs: Math.max(...written.map(({ longestGapMs }) => longestGapMs)) }
  } catch (error) {
    isOver = true
    await nodes.stop({ keep: true })
    throw new Error(`${error.message} (seed ${seed}, folders ${nodes.folder})`, { cause: error })
  }
}

/** Kills a node, or stops it in good order, and starts it again. */
async function disturb(nodes, victim, random) {
  await delay(random() * 1500)
  if (random() < 0.8) await nodes.kill(victim)
  else await nodes.stopNode(victim)
  await delay(random() * 3000)
  await nodes.startNode(victim)
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

/** How many records were acknowledged; throws for one that a replica lacks, and where replicas differ. */
function check(nodes, written) {
  const dataDirs = nodes.brokers.map(({ folder }) => join(folder, 'data'))
  let count = 0
  for (const [partition, { acknowledged }] of written.entries()) {
    const name = `${TOPIC}-${partition}`
    for (const dataDir of dataDirs) {
      const values = valuesOf(dataDir, name)
      const missing = acknowledged.find(({ offset, value }) => values.get(offset) !== value)
      if (missing)
        throw new Error(
          `${dataDir}/${name} has at ${missing.offset} ${values.get(missing.offset)}, acknowledged was ${missing.value}`,
        )
    }
    const ends = dataDirs.map((dataDir) => [...batchesOf(dataDir, name)].at(-1)?.lastOffset ?? -1n)
    const upTo = ends.reduce((a, b) => (a < b ? a : b)) + 1n
    for (const other of dataDirs.slice(1)) {
      const difference = firstDifference(dataDirs[0], other, name, upTo)
      if (difference) throw new Error(`${name}: ${difference}`)
    }
    count += acknowledged.length
  }
  return count
}

function valuesOf(dataDir, name) {
  const values = new Map()
  const reader = new RecordReader()
  for (const { header, bytes } of batchesOf(dataDir, name)) {
    if (header.isControl) continue
    reader.open(bytes, 0, header)
    while (reader.next()) {
      const { body, valueStart, valueLength } = reader
      values.set(
        header.baseOffset + BigInt(reader.offsetDelta),
        body.toString('utf8', valueStart, valueStart + valueLength),
      )
    }
  }
  return values
}
