// Stuck clients beside one that is not: what they cost in memory, and whether they keep it waiting.
import { setTimeout as pause } from 'node:timers/promises'
import { brokerReady, spawnBundledBroker } from '../support/bundled-broker.mjs'
import { Neighbour } from '../fuzz/neighbour.mjs'
import { stopProcess } from '../support/processes.mjs'
import { protocol } from '../support/protocol.mjs'
import { inMiB, memoryOf, sample } from '../support/resources.mjs'
import { temporaryFolder } from '../support/temporary-folder.mjs'
import { createTopics, produce, Wire } from '../support/wire.mjs'
import { startStuckConsumer, startStuckProducer } from './stuck-clients.mjs'

const CONSUMERS = 200
const PRODUCERS = 200
const TOPIC = { topic: 'stuck', partitions: 8 }
const BATCH_BYTES = 900_000
const BATCHES = 10
const WATCHED_MS = 8000
const MOST_GROWTH_BYTES = 600 * 2 ** 20
const LONGEST_MS = 5000

export async function checkStuckClients(tally) {
  const folder = temporaryFolder('kts-stuck-')
  const child = spawnBundledBroker({}, { dataDir: folder, stateHome: folder })
  const { port } = await brokerReady(child)
  await fill(port)
  const neighbour = new Neighbour()
  await neighbour.visit(port, () => letThemIn(tally, child, port))
  const { records, longestMs } = neighbour
  await tally.check(
    `another client wrote and read ${records} records meanwhile, the slowest in ${Math.round(longestMs)} ms`,
    async () => {
      if (longestMs > LONGEST_MS) throw new Error('it had to wait too long')
    },
  )
  await stopProcess(child)
}

async function letThemIn(tally, child, port) {
  const before = memoryOf(child.pid)
  for (const [count, start, what] of [
    [CONSUMERS, startStuckConsumer, 'consumers'],
    [PRODUCERS, startStuckProducer, 'producers'],
  ]) {
    const watch = sample(child.pid)
    const ends = []
    for (let i = 0; i < count; i += 1) ends.push(await start(port, TOPIC))
    await pause(WATCHED_MS)
    const most = Math.max(...watch.stop().map(({ memory }) => memory))
    for (const end of ends) end()
    await tally.check(
      `${count} ${what} that read nothing: memory grows from ${inMiB(before)} to ${inMiB(most)}`,
      async () => {
        if (most - before > MOST_GROWTH_BYTES) throw new Error(`more than by ${inMiB(MOST_GROWTH_BYTES)}`)
      },
    )
  }
}

async function fill(port) {
  const wire = await Wire.open(port)
  await createTopics(wire, [{ name: TOPIC.topic, numPartitions: TOPIC.partitions }])
  const records = protocol.buildBatch([
    { timestamp: BigInt(Date.now()), key: null, value: Buffer.alloc(BATCH_BYTES, 'x') },
  ])
  for (let i = 0; i < BATCHES * TOPIC.partitions; i += 1)
    await produce(wire, { topic: TOPIC.topic, partition: i % TOPIC.partitions, records })
  wire.close()
}
