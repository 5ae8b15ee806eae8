// Three nodes of one maker, one of them the controller too: what is measured of them.
import { setTimeout as delay } from 'node:timers/promises'
import { allInSync } from '../test/mixed/load.mjs'
import { Nodes } from '../test/mixed/nodes.mjs'
import { signalGroup } from '../test/support/processes.mjs'
import { apis, protocol } from '../test/support/protocol.mjs'
import { Gone, produce, Refused, Wire } from '../test/support/wire.mjs'
import { median, memoryOf } from './measure.mjs'

const IDS = [1, 2, 3]
const READY_LIMIT_MS = 120_000
/** What a client waits for one answer before it asks somebody else. */
const ANSWER_MS = 500
const LATENCY_RECORDS = 2000
const SETTINGS = {
  'offsets.topic.replication.factor': 3,
  'transaction.state.log.replication.factor': 3,
  // Both ways: a leadership that moves back by itself would fall into what is measured.
  'auto.leader.rebalance.enable': false,
}

export class ThreeNodes {
  #topics = 0

  /** Starts and stops them once, so that every folder is there. */
  static async make(maker) {
    const specs = IDS.map((id) => ({ id, maker, roles: id === 1 ? 'broker,controller' : 'broker' }))
    const nodes = await new Nodes(specs, SETTINGS).start()
    const cluster = new ThreeNodes(maker, nodes)
    await cluster.#awaitBrokers()
    return cluster
  }

  constructor(maker, nodes) {
    Object.assign(this, { maker, nodes })
  }

  /** From the start of the three processes until each of them tells of three brokers; they are stopped before. */
  async measureStart() {
    for (const id of [3, 2, 1]) await this.nodes.stopNode(id)
    const begun = performance.now()
    await Promise.all(IDS.map((id) => this.nodes.startNode(id, { wait: false })))
    await this.#awaitBrokers()
    return performance.now() - begun
  }

  async #awaitBrokers() {
    for (const deadline = Date.now() + READY_LIMIT_MS; ; await delay(10)) {
      const counts = await Promise.all(IDS.map((id) => this.#brokersSeenBy(id)))
      if (counts.every((count) => count === IDS.length)) return
      if (Date.now() > deadline) throw new Error(`${this.maker}: three nodes see ${counts.join()} brokers`)
    }
  }

  async #brokersSeenBy(id) {
    const wire = await this.#open(id)
    if (!wire) return 0
    const answer = await answerOf(wire.send(apis.Metadata, { topics: [], allowAutoTopicCreation: false }, 12), 2000)
    wire.close()
    return answer?.brokers.length ?? 0
  }

  async #open(id) {
    return Wire.open(this.nodes.node(id).port, 'kts-bench').catch(passOverGone)
  }

  /** Resident memory of a node, the mean of the three, in bytes. */
  memory() {
    return IDS.reduce((sum, id) => sum + memoryOf(this.nodes.node(id).child.pid), 0) / IDS.length
  }

  /** A new topic with a replica on each node. */
  async newTopic(partitions) {
    const name = `bench-${(this.#topics += 1)}`
    const wire = await this.#open(1)
    const topics = [{ name, numPartitions: partitions, replicationFactor: 3 }]
    const { topics: made } = await wire.send(apis.CreateTopics, { timeoutMs: 30_000, topics }, 7)
    wire.close()
    if (made[0].errorCode !== 0) throw new Error(`${this.maker}: ${protocol.errorName(made[0].errorCode)}`)
    await allInSync(this.nodes, name)
    // Each node hears of it in its own time.
    for (const id of IDS) while (!(await this.#state(name, [id]))) await delay(10)
    return name
  }

  /** Milliseconds that one record at a time waits for acks=all: the median and the 99th percentile. */
  async measureLatency() {
    const topic = await this.newTopic(1)
    const wire = await this.#open((await this.#state(topic, IDS)).leader)
    const waits = []
    for (let n = 0; n < LATENCY_RECORDS * 1.25; n += 1) {
      const begun = performance.now()
      await produce(wire, { topic, partition: 0, records: record(n) })
      if (n >= LATENCY_RECORDS / 4) waits.push(performance.now() - begun)
    }
    wire.close()
    return { p50: median(waits), p99: waits.sort((a, b) => a - b)[Math.floor(waits.length * 0.99)] }
  }

  /**
   * How long nothing is acknowledged when the leader, which is not the controller, gets a signal; and how long from
   * then on, or from the start of its process where it was killed, until it is in the ISR again.
   */
  async measureDeath(signal) {
    const { topic, leader } = await this.#topicLedElsewhere()
    const survivors = IDS.filter((id) => id !== leader)
    const written = this.#writeThrough(topic, leader, survivors)
    await delay(1000)
    const { child } = this.nodes.node(leader)
    if (signal === 'SIGKILL') await this.nodes.kill(leader)
    else signalGroup(child, signal)
    await written.moved
    await delay(1000)
    const gapMs = await written.stop()
    const begun = performance.now()
    if (signal === 'SIGKILL') await this.nodes.startNode(leader, { wait: false })
    else signalGroup(child, 'SIGCONT')
    while (!(await this.#state(topic, survivors))?.isr.includes(leader)) await delay(10)
    return { gapMs, backMs: performance.now() - begun }
  }

  async #topicLedElsewhere() {
    for (;;) {
      const topic = await this.newTopic(1)
      const { leader } = await this.#state(topic, IDS)
      if (leader !== 1) return { topic, leader }
    }
  }

  #writeThrough(topic, first, survivors) {
    let isOver = false
    let told
    const moved = new Promise((resolve) => (told = resolve))
    const write = async () => {
      let [longest, last, leader, n] = [0, performance.now(), first, 0]
      for (let wire = await this.#open(leader); !isOver; ) {
        const sent = wire && produce(wire, { topic, partition: 0, records: record((n += 1)) }).then(() => true)
        if (sent && (await answerOf(sent, ANSWER_MS))) {
          longest = Math.max(longest, performance.now() - last)
          last = performance.now()
          if (leader !== first) told()
          await delay(2)
          continue
        }
        wire?.close()
        leader = (await this.#state(topic, survivors))?.leader ?? -1
        wire = survivors.includes(leader) ? await this.#open(leader) : null
        await delay(20)
      }
      return longest
    }
    const whole = write()
    return {
      moved: Promise.race([moved, whole.then(() => {})]),
      stop: () => {
        isOver = true
        return whole
      },
    }
  }

  /** Leader and ISR of the only partition of a topic, as one of these nodes tells. */
  async #state(topic, ids) {
    for (const id of ids) {
      const wire = await this.#open(id)
      if (!wire) continue
      const asked = wire.send(apis.Metadata, { topics: [{ name: topic }], allowAutoTopicCreation: false }, 12)
      const answer = await answerOf(asked, 2000)
      wire.close()
      const partition = answer?.topics[0].partitions[0]
      if (partition && partition.errorCode === 0) return { leader: partition.leaderId, isr: partition.isrNodes }
    }
    return null
  }

  stop() {
    return this.nodes.stop()
  }
}

const record = (n) =>
  protocol.buildBatch([{ timestamp: BigInt(Date.now()), key: null, value: Buffer.alloc(100, String(n % 10)) }])

function passOverGone(error) {
  if (!(error instanceof Gone) && !(error instanceof Refused)) throw error
  return null
}

/** What is answered within a time; null where nothing is, or the broker refuses. */
async function answerOf(asked, limitMs) {
  const timer = new AbortController()
  const late = delay(limitMs, null, { signal: timer.signal }).catch(() => null)
  const answer = await Promise.race([asked.catch(passOverGone), late])
  timer.abort()
  return answer
}
