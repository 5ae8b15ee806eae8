// A stream of numbered records through `kts pipe`, while pipe and broker are killed: what comes out is what went in.
import { once } from 'node:events'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'
import { protocol } from '../support/protocol.mjs'
import { outcomeOf, signalGroup, startProcess } from '../support/processes.mjs'
import { readRecords } from '../support/read-records.mjs'
import { temporaryFolder } from '../support/temporary-folder.mjs'
import { createTopics, fetch } from '../support/wire.mjs'
import { Cluster, pause } from './cluster.mjs'

const kts = fileURLToPath(new URL('../../bin/kts', import.meta.url))
const PARTITIONS = 3
const FROM = 'numbered'
const TO = 'piped'
const SETTINGS = { 'group.initial.rebalance.delay.ms': 0, 'log.segment.bytes': 1_048_576 }
/** Who is killed, and how often in a hundred. */
const VICTIMS = [
  ['pipe', 60],
  ['broker', 85],
  ['both', 100],
]
const CATCH_UP_MS = 60_000
const LOOK_MS = 100

/**
 * Writes `records` while there are kills, `kills` of them, the next within `longestMs` of the one before; `command` is
 * what the pipe runs for each batch, if anything. Resolves with figures; throws when what was read is not what was
 * written.
 */
export async function runPipeUnderFire({ records, kills, longestMs, seed, command = [] }) {
  const random = protocol.createRandom(seed)
  const cluster = new Cluster(SETTINGS, temporaryFolder('kts-exactly-once-'))
  await cluster.start()
  await cluster.keepWorking('setup', (wire) =>
    createTopics(
      wire,
      [FROM, TO].map((name) => ({ name, numPartitions: PARTITIONS })),
    ),
  )
  const pipe = new PipeProcess(cluster, command)
  const figures = { pipe: 0, broker: 0, both: 0 }
  pipe.start()
  const written = writeNumbers(cluster, records, (kills * longestMs) / 2)
  written.catch(() => {})
  // A producer that finds no broker at its start gives up at once.
  while (countOf(await readAll(cluster, FROM)) === 0) await pause(LOOK_MS)
  for (let kill = 0; kill < kills; kill += 1) {
    await pause(random() * longestMs)
    const chance = random() * 100
    const [victim] = VICTIMS.find(([, limit]) => chance < limit)
    figures[victim] += 1
    if (victim !== 'broker') pipe.kill()
    if (victim === 'pipe') continue
    await cluster.kill()
    await cluster.start()
  }
  await written
  const wanted = await readAll(cluster, FROM)
  const found = await catchUp(cluster, wanted, pipe)
  await pipe.stop()
  await cluster.stop()
  compare(wanted, found, records)
  return { ...figures, records, starts: pipe.starts }
}

/** `kts pipe`, which is started again whenever it ends. */
class PipeProcess {
  starts = 0
  said = ''
  #child
  #isStopped = false

  constructor(cluster, command) {
    this.args = [
      'pipe',
      '-b',
      `127.0.0.1:${cluster.port}`,
      '--from',
      FROM,
      '--to',
      TO,
      '-g',
      'pipe',
      '--transactional-id',
      'pipe',
      '--batch-size',
      '20',
      ...(command.length > 0 ? ['--keep-key', '--', ...command] : []),
    ]
  }

  start() {
    if (this.#isStopped) return
    this.starts += 1
    const child = (this.#child = startProcess(process.execPath, [kts, ...this.args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    }))
    child.stderr.on('data', (chunk) => {
      this.said = (this.said + chunk).slice(-2000)
    })
    child.once('close', () => setTimeout(() => this.start(), LOOK_MS))
  }

  kill() {
    signalGroup(this.#child, 'SIGKILL')
  }

  async stop() {
    this.#isStopped = true
    // It may have died a moment ago, and not be started again.
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const closed = once(this.#child, 'close')
    this.#child.kill('SIGTERM')
    const [code, signal] = await closed
    // One that has only just been started does not listen to signals yet.
    if (code !== 128 + constants.signals.SIGTERM && signal !== 'SIGTERM')
      throw new Error(`the pipe ended with code ${code}: ${this.said}`)
  }
}

/** Writes the numbers from 0 on, evenly over the time; `kts produce` gets over kills of the broker by itself. */
async function writeNumbers(cluster, count, durationMs) {
  const child = startProcess(
    process.execPath,
    [
      kts,
      'produce',
      '-b',
      `127.0.0.1:${cluster.port}`,
      '-t',
      FROM,
      '--reader-property',
      'parse.key=true',
      '--reader-property',
      'key.separator=:',
    ],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  )
  const outcome = outcomeOf(child)
  const turns = Math.max(Math.round(durationMs / LOOK_MS), 1)
  for (let turn = 0; turn < turns; turn += 1) {
    const [from, to] = [turn, turn + 1].map((share) => Math.floor((count * share) / turns))
    child.stdin.write(
      Array.from({ length: to - from }, (_, index) => `key ${(from + index) % 17}:${from + index}\n`).join(''),
    )
    await pause(LOOK_MS)
  }
  child.stdin.end()
  const { code, stderr } = await outcome
  if (code !== 0) throw new Error(`kts produce ended with code ${code}: ${stderr}`)
}

/** The committed records of each partition, as `key: value`. */
async function readAll(cluster, topic) {
  return cluster.keepWorking('reader', async (wire) => {
    const partitions = []
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      const all = []
      for (let offset = 0n; ; ) {
        const { found, next } = readRecords(
          await fetch(wire, { topic, partition, offset, isCommittedOnly: true, maxBytes: 1 << 24 }),
          offset,
        )
        all.push(...found.map(({ key, value }) => `${key}: ${value}`))
        if (next === offset) break
        offset = next
      }
      partitions.push(all)
    }
    return partitions
  })
}

const countOf = (partitions) => partitions.reduce((sum, { length }) => sum + length, 0)

async function catchUp(cluster, wanted, pipe) {
  for (const deadline = performance.now() + CATCH_UP_MS; ; await pause(LOOK_MS)) {
    const found = await readAll(cluster, TO)
    if (countOf(found) >= countOf(wanted)) return found
    if (performance.now() > deadline)
      throw new Error(
        `${countOf(found)} of ${countOf(wanted)} records have come through after a minute; the pipe said: ${pipe.said}`,
      )
  }
}

/** Keys decide on partitions, so that even the order is the same. */
function compare(wanted, found, records) {
  if (countOf(wanted) !== records) throw new Error(`${countOf(wanted)} of ${records} records were written`)
  wanted.forEach((partition, index) => {
    const at = partition.findIndex((record, place) => found[index][place] !== record)
    if (at >= 0)
      throw new Error(`record ${at} of partition ${index} is "${found[index][at]}", and should be "${partition[at]}"`)
    if (found[index].length > partition.length)
      throw new Error(
        `partition ${index} has ${found[index].length - partition.length} records too many, the first is "${found[index][partition.length]}"`,
      )
  })
}
