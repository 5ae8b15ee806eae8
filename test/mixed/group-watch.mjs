// What the members of a group have read, and what their coordinators say that it has committed.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { apis, protocol } from '../support/protocol.mjs'
import { Gone } from '../support/wire.mjs'
import { GROUP, until } from './coordinators.mjs'
import { batchesOf } from './folders.mjs'

const { OFFSET_RECORDS, readCoordinatorRecord, RecordReader } = protocol
const LOOK_MS = 200

/** A group that reads `topic`. */
export class Group {
  isOver = false
  /** How often its members have committed less than before. */
  stepsBack = 0
  #seen = new Set()
  /** What a look has shown that the one before had not, by partition. */
  #looks

  constructor(name, groupId, { topic, partitions }) {
    this.name = name
    this.groupId = groupId
    this.topic = topic
    this.#looks = Array.from({ length: partitions }, () => [])
  }

  asMember() {
    return { groupId: this.groupId, topic: this.topic, read: (value) => this.#seen.add(value) }
  }

  /** Looks again and again; rejects when an offset goes back, unless the members are of a client that does that. */
  async watch(connections, { mayGoBack }) {
    for (; !this.isOver; await delay(LOOK_MS)) {
      for (const { partitionIndex, committedOffset } of await this.#fetchOffsets(connections)) {
        const before = this.#committed(partitionIndex)
        if (committedOffset < before) this.stepsBack += 1
        if (committedOffset < before && !mayGoBack)
          throw new Error(`${this.name}: partition ${partitionIndex} went back from ${before} to ${committedOffset}`)
        if (committedOffset !== before) this.#looks[partitionIndex].push(committedOffset)
      }
    }
  }

  #committed(partition) {
    return this.#looks[partition].at(-1) ?? -1n
  }

  /** Of no partition while the coordinator cannot tell. */
  async #fetchOffsets(connections) {
    try {
      const coordinator = await connections.coordinatorOf(GROUP, this.groupId)
      if (coordinator === null) return []
      const topics = [{ name: this.topic, partitionIndexes: [...this.#looks.keys()] }]
      const wire = await connections.to(coordinator)
      const { groups } = await wire.send(apis.OffsetFetch, { groups: [{ groupId: this.groupId, topics }] }, 9)
      return groups[0].errorCode === 0 ? groups[0].topics[0].partitions : []
    } catch (error) {
      if (error instanceof Gone) return []
      throw error
    }
  }

  /** Everything that was acknowledged must be read and committed, and nothing forgotten that was committed. */
  async checkEnd(written, { nodes, connections }) {
    const values = written.flatMap(({ acknowledged }) => acknowledged.map(({ value }) => value))
    const missing = () => values.filter((value) => !this.#seen.has(value))
    await until(
      () => missing().length === 0,
      () => `${this.name}: ${missing().length} of ${values.length} records were not read, the first is ${missing()[0]}`,
    )
    const behind = () =>
      written.findIndex(({ acknowledged }, partition) => this.#committed(partition) <= acknowledged.at(-1).offset)
    await until(
      () => behind() < 0,
      () => `${this.name}: partition ${behind()} is committed to ${this.#committed(behind())} only`,
    )
    this.isOver = true
    const coordinator = await connections.coordinatorOf(GROUP, this.groupId)
    this.#checkLog(commitsOf(join(nodes.node(coordinator).folder, 'data'), this))
  }

  /** What was seen is in the log, in this order: members may commit what they like, coordinators forget nothing. */
  #checkLog(commits) {
    for (const [partition, looks] of this.#looks.entries()) {
      const logged = commits.filter((commit) => commit.partition === partition).map(({ offset }) => offset)
      let at = 0
      for (const offset of looks) {
        at = logged.indexOf(offset, at)
        if (at < 0) throw new Error(`${this.name}: ${offset} was committed of partition ${partition}, and is forgotten`)
      }
    }
  }
}

/** The commits of a group that lie in a folder, in their order. */
function commitsOf(dataDir, { groupId, topic }) {
  const reader = new RecordReader()
  const commits = []
  for (const name of readdirSync(dataDir).filter((each) => each.startsWith('__consumer_offsets-')))
    for (const { header, bytes } of batchesOf(dataDir, name)) {
      if (header.isControl) continue
      reader.open(bytes, 0, header)
      while (reader.next()) {
        const { body, keyStart, keyLength, valueStart, valueLength } = reader
        const key = body.subarray(keyStart, keyStart + keyLength)
        const value = valueLength < 0 ? null : body.subarray(valueStart, valueStart + valueLength)
        const record = readCoordinatorRecord(OFFSET_RECORDS, key, value)
        const { values } = record?.key ?? {}
        if (values?.group === groupId && values.topic === topic && record.value)
          commits.push({ partition: values.partition, offset: record.value.values.offset })
      }
    }
  return commits
}
