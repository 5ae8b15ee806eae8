// `node many-clients.mjs SERVER TOPIC CLIENTS SECONDS`: connections that each send a request of 2 KB a second, spread
// over the second. Says `connected` when all are, then how long the answers took: { p50, p99, count } in milliseconds.
import { setTimeout as delay } from 'node:timers/promises'
import { protocol } from '../test/support/protocol.mjs'
import { produce, Wire } from '../test/support/wire.mjs'

const [, , server, topic, clients, seconds] = process.argv
const PARTITIONS = 3
const INTERVAL_MS = 1000
const RECORDS = [0, 1].map((n) => ({ timestamp: BigInt(Date.now()), key: null, value: Buffer.alloc(1000, `${n} `) }))
const port = Number(server.split(':').at(-1))

const wires = await Promise.all(Array.from({ length: Number(clients) }, () => Wire.open(port)))
console.log('connected')
const began = performance.now()
const took = (await Promise.all(wires.map(sendEverySecond))).flat().sort((a, b) => a - b)
const at = (share) => took[Math.min(Math.floor(took.length * share), took.length - 1)]
console.log(JSON.stringify({ p50: at(0.5), p99: at(0.99), count: took.length }))
for (const wire of wires) wire.close()

/** By the clock: who is answered late sends the next request in time all the same, and counts all of the delay. */
async function sendEverySecond(wire, index) {
  const answers = []
  for (let round = 0; round < Number(seconds); round += 1) {
    const due = began + (round + index / wires.length) * INTERVAL_MS
    await delay(Math.max(due - performance.now(), 0))
    answers.push(timed(wire, index % PARTITIONS, due))
  }
  return await Promise.all(answers)
}

async function timed(wire, partition, due) {
  await produce(wire, { topic, partition, records: protocol.buildBatch(RECORDS) })
  return performance.now() - due
}
