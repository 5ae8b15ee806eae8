// The same with the broker as a process: how it ends, what it says, and whether it can be stopped.
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { once } from 'node:events'
import { brokerReady, spawnBundledBroker } from '../support/bundled-broker.mjs'
import { protocol } from '../support/protocol.mjs'
import { outcomeOf, stopProcess } from '../support/processes.mjs'
import { removeFolder, temporaryFolder } from '../support/temporary-folder.mjs'
import { createTopics, fetch, produce, Wire } from '../support/wire.mjs'
import { harm } from './harm.mjs'

const SETTINGS = { 'offsets.topic.num.partitions': 2 }
const LONGEST_MS = 20_000

export async function tryProcesses(tally, { count, seed }) {
  const place = temporaryFolder('kts-damage-processes-')
  for (const signal of ['SIGTERM', 'SIGKILL']) await makeFolder(join(place, signal), place, signal)
  for (let trial = seed; trial < seed + count; trial += 1) {
    const random = protocol.createRandom(trial)
    const signal = random() < 0.5 ? 'SIGTERM' : 'SIGKILL'
    const folder = join(place, `trial-${trial}`)
    cpSync(join(place, signal), folder, { recursive: true })
    const { file, way } = harm(folder, random)
    await tally.check(`${trial}: as a process, ${way} of ${file} after ${signal}`, () => tryFolder(folder, place))
    removeFolder(folder)
  }
}

async function makeFolder(folder, stateHome, signal) {
  const child = spawnBundledBroker(SETTINGS, { dataDir: folder, stateHome })
  const { port } = await brokerReady(child)
  const wire = await Wire.open(port)
  await createTopics(wire, [{ name: 'some', numPartitions: 2 }])
  for (let n = 0; n < 20; n += 1) {
    await produce(wire, {
      topic: 'some',
      partition: n % 2,
      records: protocol.buildBatch([{ timestamp: BigInt(Date.now()), key: null, value: Buffer.from(`value ${n}`) }]),
    })
  }
  wire.close()
  const ended = once(child, 'close')
  child.kill(signal)
  await ended
}

/** It serves, and ends when it is told to; or it has ended with 1 and one line. */
async function tryFolder(folder, stateHome) {
  const child = spawnBundledBroker(SETTINGS, { dataDir: folder, stateHome, stderr: 'pipe' })
  const outcome = outcomeOf(child)
  const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS)
  try {
    const { port } = await brokerReady(child).catch(() => ({ port: null }))
    if (port === null) return checkRefusal(await outcome)
    const wire = await Wire.open(port)
    for (const partition of [0, 1])
      await fetch(wire, { topic: 'some', partition, offset: 0n }).catch((error) => {
        if (!error.code) throw error
      })
    wire.close()
    await stopProcess(child)
    const { code, stderr } = await outcome
    if (code !== 143 && code !== 0) throw new Error(`exit code ${code}: ${stderr}`)
    if (/this is a bug|internal error/.test(stderr)) throw new Error(stderr)
  } finally {
    clearTimeout(timer)
  }
}

function checkRefusal({ code, stderr }) {
  const lines = stderr.trimEnd().split('\n')
  if (code !== 1 || lines.some((line) => /^\s+at |this is a bug/.test(line)))
    throw new Error(`exit code ${code}: ${stderr}`)
}
