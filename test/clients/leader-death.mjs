// Clients that outlive each broker of a cluster of three in turn: they produce with acks=all and read in a group, all
// the time, while one broker after the other is killed with -9 and comes back. A survivor is told where to write; it
// says `acked VALUE` and `read VALUE`, ends its writing when its stdin does, and itself when it has read everything.
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { classpathOf, compileJava, fetchJars } from '../kafka/jars.mjs'
import { Nodes } from '../mixed/nodes.mjs'
import { outcomeOf, signalGroup, startProcess } from '../support/processes.mjs'
import { Missing } from '../support/tally.mjs'
import { isKcatInstalled } from './kcat.mjs'
import { kts } from './kts.mjs'
import { pythonProgram } from './libraries.mjs'

const BROKERS = [1, 2, 3]
const SETTINGS = {
  'offsets.topic.replication.factor': 3,
  'offsets.topic.num.partitions': 6,
  'transaction.state.log.replication.factor': 3,
  'transaction.state.log.min.isr': 2,
}
const LIMIT_S = 300
/** Records that each acknowledges, and reads, before a broker is killed, and after. */
const RECORDS = 50

const here = (path) => fileURLToPath(new URL(path, import.meta.url))

const open = (command, args) => startProcess(command, args, { stdio: ['pipe', 'pipe', 'pipe'] })
const program =
  ([command, ...first], ...last) =>
  (servers, topic) => [open(command, [...first, servers, topic, ...last])]

const java = (protocol) => async () => program(await (javaProgram ??= compileSurvivor()), protocol)
const confluent = (protocol) => async () => program(await pythonProgram('survivor.py'), protocol)
const kafkajs = async () => program([process.execPath, here('kafkajs/survivor.mjs')])

let javaProgram
async function compileSurvivor() {
  const libs = await fetchJars('4.3.0')
  const classes = await compileJava(here('java/Survivor.java'), libs)
  const classpath = `${classes}:${classpathOf(libs)}`
  return ['java', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-cp', classpath, 'Survivor']
}

/**
 * `install()` resolves with what starts the processes of a survivor, given the servers and the topic: first the one
 * that writes, then another one that reads. It throws `Missing` without the toolchain.
 */
const SURVIVORS = [
  { name: 'kafka-clients (Java), classic groups', id: 'java-classic', install: java('classic') },
  { name: 'kafka-clients (Java), consumer groups', id: 'java-consumer', install: java('consumer') },
  { name: 'confluent-kafka, classic groups', id: 'confluent-classic', install: confluent('classic') },
  { name: 'confluent-kafka, consumer groups', id: 'confluent-consumer', install: confluent('consumer') },
  { name: 'kafkajs', id: 'kafkajs', install: kafkajs },
  { name: 'kcat', id: 'kcat', install: installKcat },
]

export async function checkLeaderDeath(tally) {
  const nodes = await new Nodes(
    [{ id: 3000, maker: 'kts', roles: 'controller' }, ...BROKERS.map((id) => ({ id, maker: 'kts' }))],
    SETTINGS,
  ).start()
  try {
    const survivors = await Promise.all(SURVIVORS.map((each) => prepare(tally, each, nodes.bootstrap)))
    const living = survivors.filter((survivor) => survivor !== undefined)
    const rounds = new Rounds(nodes)
    const checks = living.map((survivor) =>
      tally.check(`${survivor.name} outlives each broker`, () => survivor.outlive(rounds)),
    )
    await rounds.play(living)
    await Promise.all(checks)
    for (const { name, gaps } of living) if (gaps) console.log(`      ${name}: ${gaps}`)
  } finally {
    await nodes.stop()
  }
}

async function prepare(tally, { name, id, install }, servers) {
  try {
    return new Survivor({ name, servers, topic: `outlive-${id}`, start: await install() })
  } catch (error) {
    if (error instanceof Missing) tally.skipped(`${name} outlives each broker`, error.message)
    else tally.failed(`${name}: installation`, error.message)
    return undefined
  }
}

/** The deaths, one after the other, each when all survivors are under way. */
class Rounds {
  over = new Promise((resolve) => (this.end = resolve))

  constructor(nodes) {
    this.nodes = nodes
  }

  async play(survivors) {
    await Promise.all(survivors.map((each) => each.goOn()))
    for (const id of BROKERS) {
      await this.nodes.kill(id)
      await Promise.all(survivors.map((each) => each.goOn()))
      await this.nodes.startNode(id)
      await this.#untilWhole()
    }
    this.end()
  }

  async #untilWhole() {
    const describe = ['topics', 'describe', '--under-replicated-partitions', '-b', this.nodes.bootstrap]
    while ((await kts(describe)).stdout !== '') await delay(100)
  }
}

class Survivor {
  acked = new Map()
  read = new Map()
  #failed = new AbortController()

  constructor({ name, servers, topic, start }) {
    this.name = name
    this.servers = servers
    this.topic = topic
    this.start = start
  }

  /** Resolves when so many records more were acknowledged and read, or nothing more is to be expected. */
  async goOn() {
    const due = [this.acked, this.read].map((seen) => [seen, seen.size + RECORDS])
    while (!this.#failed.signal.aborted && due.some(([seen, size]) => seen.size < size)) await delay(20)
  }

  async outlive(rounds) {
    try {
      await this.#run(rounds)
    } catch (error) {
      this.#failed.abort()
      throw error
    }
  }

  async #run(rounds) {
    const create = ['topics', 'create', this.topic, '-p', '3', '-r', '3', '--config', 'min.insync.replicas=2']
    await kts([...create, '-b', this.servers])
    const processes = this.start(this.servers, this.topic, this)
    const limit = setTimeout(() => processes.forEach((child) => signalGroup(child, 'SIGKILL')), LIMIT_S * 1000)
    try {
      const ends = processes.map((child) => this.#follow(child))
      await Promise.race([rounds.over, ...ends.map(neverWell)])
      processes[0].stdin.end()
      await Promise.all(ends)
    } finally {
      clearTimeout(limit)
    }
    await this.#checkLedger()
    this.gaps = `at most ${longestGap(this.acked)} ms between acknowledgements, ${longestGap(this.read)} ms between records read`
  }

  async #follow(child) {
    createInterface(child.stdout).on('line', (line) => {
      const [what, value] = line.split(' ')
      const seen = { acked: this.acked, read: this.read }[what]
      if (seen && !seen.has(value)) seen.set(value, performance.now())
    })
    child.stdin.on('error', () => {})
    const { code, stderr } = await outcomeOf(child)
    if (code !== 0) throw new Error(`it ended with ${code}: ${stderr.trim().split('\n').slice(0, 3).join(' | ')}`)
  }

  /** Every record that was acknowledged is there once. */
  async #checkLedger() {
    const options = ['--from-beginning', '--timeout-ms', '3000', '-b', this.servers]
    const there = (await kts(['consume', this.topic, ...options])).stdout.trim().split('\n')
    const lost = [...this.acked.keys()].filter((value) => !there.includes(value))
    if (lost.length > 0) throw new Error(`${lost.length} acknowledged records are lost, ${lost.slice(0, 5)} among them`)
    if (new Set(there).size < there.length) throw new Error(`${there.length - new Set(there).size} records are doubled`)
    const unread = [...this.acked.keys()].filter((value) => !this.read.has(value))
    if (unread.length > 0) throw new Error(`${unread.length} acknowledged records were not read by the group`)
  }
}

/** Rejects when it does; a process that ends well before it is told to has not outlived anything. */
const neverWell = (end) =>
  end.then(() => {
    throw new Error('it ended before it was told to')
  })

const longestGap = (seen) => {
  const times = [...seen.values()]
  return Math.round(Math.max(0, ...times.slice(1).map((time, index) => time - times[index])))
}

/** It does not tell what was acknowledged, but ends well only when all was. */
async function installKcat() {
  if (!(await isKcatInstalled())) throw new Missing('it is not installed')
  const settings = ['acks=all', 'enable.idempotence=true', 'linger.ms=0'].flatMap((setting) => ['-X', setting])
  const format = ['-X', 'auto.offset.reset=earliest', '-u', '-f', 'read %s\\n']
  return (servers, topic, survivor) => {
    const writer = open('kcat', ['-P', '-b', servers, '-t', topic, ...settings])
    const reader = open('kcat', ['-G', topic, '-b', servers, ...format, topic])
    void feed(writer, reader, survivor)
    return [writer, reader]
  }
}

async function feed(writer, reader, { acked, read }) {
  const written = []
  for (let i = 0; writer.stdin.writable; i += 1) {
    writer.stdin.write(`${i}\n`)
    written.push(String(i))
    // What a group has read was acknowledged.
    for (const value of read.keys()) if (!acked.has(value)) acked.set(value, read.get(value))
    await delay(10)
  }
  const [code] = await once(writer, 'close')
  if (code === 0) for (const value of written) if (!acked.has(value)) acked.set(value, performance.now())
  while (reader.exitCode === null && written.some((value) => !read.has(value))) await delay(50)
  signalGroup(reader, 'SIGINT')
}
