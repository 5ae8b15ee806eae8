// Groups of several clients while their coordinators die: every record is read, and no offset goes back.
import { setTimeout as delay } from 'node:timers/promises'
import { apis } from '../support/protocol.mjs'
import { Gone } from '../support/wire.mjs'
import { GROUP, underFallingCoordinators, until } from './coordinators.mjs'
import { failureOf, writeNumbered } from './load.mjs'
import { CLIENTS } from './members.mjs'

const TOPIC = 'work'
const PARTITIONS = 4
const MEMBERS = 2
const PAUSE_MS = 100
const LOOK_MS = 200

/** Two members of each client whose name fits `only`. Resolves with figures. */
export function runGroups({ specs, kills, seed, only = '' }) {
  const clients = Object.entries(CLIENTS).filter(([name]) => new RegExp(only).test(name))
  return underFallingCoordinators({ specs, kills, seed, topics: { [TOPIC]: PARTITIONS } }, async (context) => {
    const { nodes, random } = context
    let isWritten = false
    const writers = Array.from({ length: PARTITIONS }, (_, partition) =>
      writeNumbered(nodes, {
        topic: TOPIC,
        partition,
        name: `p${partition}`,
        isOver: () => isWritten,
        random,
        pauseMs: PAUSE_MS,
      }),
    )
    const groups = clients.map(([name], index) => new Group(name, `group-${index}`))
    const ends = await Promise.all(
      groups.flatMap((group) =>
        Array.from({ length: MEMBERS }, () => CLIENTS[group.name](group.asMember(), nodes.bootstrap)),
      ),
    )
    const watches = groups.map((group) => group.watch(context.connections))
    return {
      keys: groups.map(({ groupId }) => [GROUP, groupId]),
      failed: failureOf([...watches, ...writers]),
      async finish() {
        isWritten = true
        const written = await Promise.all(writers)
        for (const group of groups) await group.checkEnd(written)
        for (const group of groups) group.isOver = true
        await Promise.all(ends.map((end) => end()))
        return {
          records: written.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0),
          groups: groups.length,
        }
      },
    }
  })
}

/** What the members of a group have read, and what the group has committed. */
class Group {
  isOver = false
  #seen = new Set()
  #committed = new Map()

  constructor(name, groupId) {
    this.name = name
    this.groupId = groupId
  }

  asMember() {
    return { groupId: this.groupId, topic: TOPIC, read: (value) => this.#seen.add(value) }
  }

  /** Rejects when an offset goes back. */
  async watch(connections) {
    for (; !this.isOver; await delay(LOOK_MS)) {
      for (const { partitionIndex, committedOffset } of await this.#fetchOffsets(connections)) {
        const before = this.#committed.get(partitionIndex) ?? -1n
        if (committedOffset < before)
          throw new Error(`${this.name}: partition ${partitionIndex} went back from ${before} to ${committedOffset}`)
        this.#committed.set(partitionIndex, committedOffset)
      }
    }
  }

  /** Of no partition while the coordinator cannot tell. */
  async #fetchOffsets(connections) {
    try {
      const coordinator = await connections.coordinatorOf(GROUP, this.groupId)
      if (coordinator === null) return []
      const topics = [{ name: TOPIC, partitionIndexes: Array.from({ length: PARTITIONS }, (_, at) => at) }]
      const wire = await connections.to(coordinator)
      const { groups } = await wire.send(apis.OffsetFetch, { groups: [{ groupId: this.groupId, topics }] }, 9)
      return groups[0].errorCode === 0 ? groups[0].topics[0].partitions : []
    } catch (error) {
      if (error instanceof Gone) return []
      throw error
    }
  }

  /** Everything that was acknowledged must be read and committed. */
  async checkEnd(written) {
    const values = written.flatMap(({ acknowledged }) => acknowledged.map(({ value }) => value))
    const missing = () => values.filter((value) => !this.#seen.has(value))
    await until(
      () => missing().length === 0,
      () => `${this.name}: ${missing().length} of ${values.length} records were not read, the first is ${missing()[0]}`,
    )
    const behind = () =>
      written.findIndex(({ acknowledged }, partition) => this.#committed.get(partition) <= acknowledged.at(-1).offset)
    await until(
      () => behind() < 0,
      () => `${this.name}: partition ${behind()} is committed to ${this.#committed.get(behind())} only`,
    )
  }
}
