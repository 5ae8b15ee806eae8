// What every suite works with: the brokers, the lines, the peers, and where results go.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { compare } from './measure.mjs'
import { startBundled } from './servers.mjs'

export class Bench {
  rows = []
  notes = []
  kts = `${process.execPath} ${new URL('../bin/kts', import.meta.url).pathname}`
  /** Prefix of a command line: `produce SERVER TOPIC FILE` or `consume SERVER TOPIC COUNT`. */
  kafkajs = `${process.execPath} ${new URL('kafkajs.mjs', import.meta.url).pathname}`
  #topics = 0
  /** What there is to delete: by server, names of topics. */
  #made = new Map()

  constructor({ quick, folder, bundled, apache }) {
    Object.assign(this, { quick, folder, bundled, apache })
    this.runs = quick ? 2 : 9
    this.lines = 1_000_000
    this.file = join(folder, 'access.log')
    this.output = join(folder, 'output')
    this.hasKcat = this.has('kcat')
    if (!this.hasKcat) this.note('kcat is not installed: left out')
    if (!apache) this.note('Apache Kafka is left out: it needs a JDK 17 and Maven')
  }

  /** Another bundled broker, for figures that must not be those of what an earlier suite has left in its memory. */
  async restartBundled() {
    await this.bundled.stop()
    this.#made.delete(this.bundled.server)
    this.bundled = await startBundled()
  }

  /** Where clients are measured: a real Kafka when there is one. */
  get broker() {
    return this.apache ?? this.bundled
  }

  /**
   * One row: `kts` beside its peers. `goal` says what is wanted; `wants` maps a peer to the least ratio (peer's time
   * over ours) that meets it. Peers that are not there are left out.
   */
  async compare({ name, goal, wants = {}, by = 'wall', ours, peers = {}, before, runs = this.quick ? 2 : undefined }) {
    const present = Object.entries(peers)
      .filter(([, line]) => line)
      .map(([peer, line]) => ({ name: peer, line, hasGoal: wants[peer] !== undefined }))
    const [kts, ...others] = await this.tidily(() => compare({ runs, before, ours, peers: present }))
    this.record({ name, goal, by, kts, others: judged({ by, kts, others, wants }) })
  }

  /** The row before once more, judged by another of its times. */
  again({ name, goal, wants, by, peers }) {
    const { kts, others } = this.rows.at(-1)
    const named = others.filter(({ who }) => peers.includes(who))
    this.record({ name, goal, by, kts, others: judged({ by, kts, others: named, wants }) })
  }

  /** A row of another kind: a figure of ours, and whether it is good enough. */
  figure({ name, goal, figure, isMet, n }) {
    this.rows.push({ name, goal, figure, isMet, n })
    console.log(`  ${name}: ${figure} (goal: ${goal}${isMet ? '' : ', MISSED'})`)
  }

  record(row) {
    this.rows.push(row)
    const time = ({ wall, cpu }) => `${wall.toFixed(2)} s, CPU ${cpu.toFixed(2)} s`
    console.log(
      [
        `  ${row.name}: kts ${time(row.kts)}`,
        ...row.others.map((other) => `${other.who} ${time(other)} → ${other.ratio.toFixed(2)}`),
      ].join('; '),
    )
  }

  note(text) {
    this.notes.push(text)
    console.log(text)
  }

  /** Does something, and deletes the topics that it has made: a whole run writes more than many a disk holds. */
  async tidily(act) {
    const outer = this.#made
    this.#made = new Map()
    try {
      return await act()
    } finally {
      for (const [server, topics] of this.#made)
        this.sh(`${this.kts} topics --bootstrap-server ${server} --delete --topic ${topics.join(',')}`)
      this.#made = outer
    }
  }

  /** A fresh topic, so that no producer writes past the end of another's data. */
  newTopic(broker, { partitions = 3, config = '' } = {}) {
    const topic = `bench-${(this.#topics += 1)}`
    this.sh(
      `${this.kts} topics --bootstrap-server ${broker.server} --create --topic ${topic} --partitions ${partitions} ${config}`,
    )
    this.#made.set(broker.server, [...(this.#made.get(broker.server) ?? []), topic])
    return topic
  }

  /** A topic that holds the lines. */
  filledTopic(broker, partitions = 3) {
    const topic = this.newTopic(broker, { partitions })
    this.sh(`${this.kts} produce --bootstrap-server ${broker.server} --topic ${topic} --input-file ${this.file}`)
    return topic
  }

  sh(line) {
    return execFileSync('bash', ['-c', line], { stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 26 }).toString()
  }

  has(command) {
    try {
      execFileSync('bash', ['-c', `command -v ${command}`], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  }
}

const judged = ({ by, kts, others, wants }) =>
  others.map((other) => ({ ...other, ratio: other[by] / kts[by], wanted: wants[other.who] }))
