// Producers that go on through the death of leaders, and remember what was acknowledged.
import { setTimeout as delay } from 'node:timers/promises'
import { apis, protocol } from '../support/protocol.mjs'
import { readRecords } from '../support/read-records.mjs'
import { fetch, Gone, produce, Refused, Wire } from '../support/wire.mjs'

const { buildBatch, errorName } = protocol
const MOST_RECORDS = 10
const PAUSE_MS = 40
const RETRY_MS = 100
const READ_LIMIT_S = 60
const FETCH_BYTES = 4 << 20
/** What a producer tries again for, as clients do (RetriableException). */
const RETRIABLE = new Set([
  'NOT_LEADER_OR_FOLLOWER',
  'LEADER_NOT_AVAILABLE',
  'NOT_ENOUGH_REPLICAS',
  'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  'REQUEST_TIMED_OUT',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'UNKNOWN_TOPIC_ID',
  'KAFKA_STORAGE_ERROR',
  'UNKNOWN_LEADER_EPOCH',
  'FENCED_LEADER_EPOCH',
])

/** Connections to the brokers of a cluster by node id, made when they are needed. */
export class Connections {
  #wires = new Map()

  constructor(nodes) {
    this.nodes = nodes
  }

  async to(id) {
    if (id < 0) throw new Gone('nobody leads it')
    const known = this.#wires.get(id)
    if (known?.isOpen) return known
    const wire = await Wire.open(this.nodes.node(id).port, 'kts-mixed')
    this.#wires.set(id, wire)
    return wire
  }

  /** Metadata of a topic from any broker that answers; null where none does. */
  async metadata(topic) {
    for (const { id } of this.nodes.brokers) {
      if (!this.nodes.isRunning(id)) continue
      try {
        const wire = await this.to(id)
        const answer = await wire.send(apis.Metadata, { topics: [{ name: topic }], allowAutoTopicCreation: false }, 12)
        if (answer.topics[0].errorCode === 0) return answer
      } catch (error) {
        if (!(error instanceof Gone)) throw error
      }
    }
    return null
  }

  /** The coordinator of a group or a transactional id, null while there is none. */
  async coordinatorOf(keyType, key) {
    for (const { id } of this.nodes.brokers) {
      if (!this.nodes.isRunning(id)) continue
      try {
        const { coordinators } = await (await this.to(id)).send(apis.FindCoordinator, {
          keyType,
          coordinatorKeys: [key],
        })
        if (coordinators[0].errorCode === 0) return coordinators[0].nodeId
      } catch (error) {
        if (!(error instanceof Gone)) throw error
      }
    }
    return null
  }

  close() {
    for (const wire of this.#wires.values()) wire.close()
  }
}

/**
 * Writes numbered records with acks=all to one partition, one batch after the other with a pause of up to `pauseMs`,
 * until `isOver`. Resolves with what was acknowledged, `{ offset, value }`, and the longest time between two
 * acknowledgements.
 */
export async function writeNumbered(nodes, { topic, partition, name, isOver, random, pauseMs = PAUSE_MS }) {
  const connections = new Connections(nodes)
  const acknowledged = []
  let [n, leader, last, longestGapMs] = [0, -1, performance.now(), 0]
  while (!isOver()) {
    const values = Array.from({ length: 1 + Math.floor(random() * MOST_RECORDS) }, () => `${name}-${(n += 1)}`)
    // What has no answer is given up: it may be there, once.
    try {
      if (leader < 0) leader = await leaderOf(connections, topic, partition)
      if (leader >= 0) {
        const baseOffset = await produce(await connections.to(leader), { topic, partition, records: batchOf(values) })
        values.forEach((value, index) => acknowledged.push({ offset: baseOffset + BigInt(index), value }))
        longestGapMs = Math.max(longestGapMs, performance.now() - last)
        last = performance.now()
      }
    } catch (error) {
      if (!(error instanceof Gone) && !(error instanceof Refused && RETRIABLE.has(error.code))) throw error
      leader = -1
    }
    await delay(leader < 0 ? RETRY_MS : pauseMs * random())
  }
  connections.close()
  return { acknowledged, longestGapMs }
}

async function leaderOf(connections, topic, partition) {
  const answer = await connections.metadata(topic)
  const found = answer?.topics[0].partitions.find(({ partitionIndex }) => partitionIndex === partition)
  return found && found.errorCode === 0 ? found.leaderId : -1
}

/**
 * The values of a partition by offset as `leader` has them, or whoever leads, and its end, which is `atLeast` that: a
 * new leader is told late that it leads, and learns late how far the others are.
 */
export async function readPartition(connections, { topic, partition, leader, atLeast = 0n, isCommittedOnly = false }) {
  const values = new Map()
  let offset = 0n
  for (const deadline = Date.now() + READ_LIMIT_S * 1000; ; await delay(RETRY_MS)) {
    try {
      const from = await connections.to(leader ?? (await leaderOf(connections, topic, partition)))
      for (let isEnd = false; !isEnd; ) {
        const answer = await fetch(from, { topic, partition, offset, isCommittedOnly, maxBytes: FETCH_BYTES })
        const { found, next } = readRecords(answer, offset)
        for (const { offset: at, value } of found) values.set(at, value)
        isEnd = next === offset
        offset = next
        if (isEnd && offset >= atLeast && (isCommittedOnly || offset === answer.highWatermark))
          return { values, end: offset }
      }
    } catch (error) {
      if (!(error instanceof Gone) && !RETRIABLE.has(error.code)) throw error
    }
    if (Date.now() > deadline) throw new Error(`${topic}-${partition} shows ${offset} of ${atLeast} records or more`)
  }
}

/** How many records were acknowledged. */
export const countOf = (written) => written.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0)

/** Rejects when a promise does, and never resolves. */
export const failureOf = (promises) => Promise.race(promises.map((each) => each.then(() => new Promise(() => {}))))

const batchOf = (values) =>
  buildBatch(values.map((value) => ({ timestamp: BigInt(Date.now()), key: null, value: Buffer.from(value) })))

/** Resolves when every partition of a topic has all of its replicas in sync; rejects after `limitS`. */
export async function allInSync(nodes, topic, limitS = 120) {
  const connections = new Connections(nodes)
  try {
    for (const deadline = Date.now() + limitS * 1000; ; await delay(200)) {
      const answer = await connections.metadata(topic)
      const partitions = answer?.topics[0].partitions ?? []
      const isWhole = ({ errorCode, isrNodes, replicaNodes }) =>
        errorCode === 0 && isrNodes.length === replicaNodes.length
      if (partitions.length > 0 && partitions.every(isWhole)) return
      if (Date.now() > deadline) throw new Error(`${topic} is not in sync after ${limitS} s: ${describe(partitions)}`)
    }
  } finally {
    connections.close()
  }
}

const describe = (partitions) =>
  partitions
    .map(
      (each) =>
        `${each.partitionIndex}: ${errorName(each.errorCode)} leader ${each.leaderId} isr ${each.isrNodes.join()} of ${each.replicaNodes.join()}`,
    )
    .join('; ')
