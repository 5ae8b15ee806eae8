// Replicas that kafka-reassign-partitions moves with a throttle come no faster than it says.
import { strict as assert } from 'node:assert'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as delay } from 'node:timers/promises'
import { apis, protocol } from '../support/protocol.mjs'
import { run } from '../support/processes.mjs'
import { produce, Wire } from '../support/wire.mjs'
import { batchesOf } from './folders.mjs'
import { allInSync, Connections } from './load.mjs'
import { Nodes } from './nodes.mjs'

const tool = fileURLToPath(new URL('../../bin/kafka-reassign-partitions', import.meta.url))
const TOPIC = 'moved'
const BATCHES = 80
const BATCH_BYTES = 100_000
const RATE = 1_000_000
/** A whole answer comes before the rate shows, on either side. */
const TOLERANCE_S = 2

/** One partition of 8 MB with a replica more, at 1 MB a second. Resolves with how long that took. */
export async function runThrottled(specs) {
  const nodes = await new Nodes(specs, { 'replica.fetch.max.bytes': 200_000 }).start()
  try {
    await fill(nodes)
    const plan = join(nodes.folder, 'plan.json')
    writeFileSync(plan, JSON.stringify({ version: 1, partitions: [{ topic: TOPIC, partition: 0, replicas: [1, 2] }] }))
    const reassign = (...args) =>
      run(process.execPath, [
        ...[tool, '--bootstrap-server', nodes.bootstrap, '--reassignment-json-file', plan],
        ...args,
      ])
    const began = performance.now()
    await reassign('--execute', '--throttle', String(RATE))
    await allInSync(nodes, TOPIC)
    await inSyncOf(nodes, 2)
    const seconds = (performance.now() - began) / 1000
    const bytes = [...batchesOf(join(nodes.node(2).folder, 'data'), `${TOPIC}-0`)].reduce(
      (sum, batch) => sum + batch.bytes.length,
      0,
    )
    assert.ok(seconds >= bytes / RATE - TOLERANCE_S, `${bytes} bytes came in ${seconds} s, at ${RATE} a second`)
    const { stdout } = await reassign('--verify')
    assert.match(stdout, /is completed/)
    await nodes.stop()
    return { bytes, seconds: Math.round(seconds * 10) / 10, throttle: RATE }
  } catch (error) {
    await nodes.stop({ keep: true })
    throw new Error(`${error.message} (folders ${nodes.folder})`, { cause: error })
  }
}

async function fill(nodes) {
  const wire = await Wire.open(nodes.node(1).port)
  const topic = {
    name: TOPIC,
    numPartitions: -1,
    replicationFactor: -1,
    assignments: [{ partitionIndex: 0, brokerIds: [1] }],
  }
  const { topics } = await wire.send(apis.CreateTopics, { timeoutMs: 30_000, topics: [topic] })
  assert.equal(topics[0].errorCode, 0, topics[0].errorMessage)
  await allInSync(nodes, TOPIC)
  const records = protocol.buildBatch([
    { timestamp: BigInt(Date.now()), key: null, value: Buffer.alloc(BATCH_BYTES, 'x') },
  ])
  for (let batch = 0; batch < BATCHES; batch += 1) await produce(wire, { topic: TOPIC, partition: 0, records })
  wire.close()
}

/** Resolves when a broker is in the ISR. */
async function inSyncOf(nodes, id) {
  const connections = new Connections(nodes)
  for (const deadline = Date.now() + 60_000; ; await delay(50)) {
    const { isrNodes } = (await connections.metadata(TOPIC)).topics[0].partitions[0]
    if (isrNodes.includes(id)) break
    if (Date.now() > deadline) throw new Error(`broker ${id} is not in sync after a minute`)
  }
  connections.close()
}
