// A member of a group of the new protocol (KIP-848), by hand.
import { randomUUID } from 'node:crypto'
import { apis, protocol } from '../support/protocol.mjs'
import { readRecords } from '../support/read-records.mjs'
import { fetch, Refused } from '../support/wire.mjs'
import { pause } from './cluster.mjs'
import { committedOffsets } from './groups.mjs'

const { errorName } = protocol
const HEARTBEAT_MS = 50
const LEAVING_SHARE = 0.002
const COMMITS_SHARE = 0.3
/** The member has to begin anew. */
const REJOIN = new Set(['UNKNOWN_MEMBER_ID', 'FENCED_MEMBER_EPOCH'])
/** The next heartbeat will tell. */
const PASSING = new Set(['STALE_MEMBER_EPOCH', 'UNSTABLE_OFFSET_COMMIT'])

/** Reads what it is assigned, commits now and then, leaves now and then. */
export async function runMember(cluster, group, { random }) {
  const member = new Member(group)
  await cluster.keepWorking(member.memberId, async (wire) => {
    while (cluster.isRead) {
      if (random() < LEAVING_SHARE) await member.leave(wire)
      await member.step(wire, random).catch((error) => member.forgive(error))
      await pause(2)
    }
    await member.leave(wire)
  })
}

class Member {
  memberId = randomUUID()
  #epoch = 0
  #heartbeatAt = 0
  /** Where to read on, by partition. */
  #positions = new Map()

  constructor(group) {
    this.group = group
  }

  async step(wire, random) {
    if (performance.now() >= this.#heartbeatAt) await this.#heartbeat(wire)
    for (const [partition, offset] of this.#positions) {
      const answer = await fetch(wire, {
        topic: this.group.topic,
        partition,
        offset,
        isCommittedOnly: true,
        maxBytes: 100_000,
      })
      const { found, next } = readRecords(answer, offset)
      for (const { offset: at, value } of found) this.group.read(partition, at, value)
      this.#positions.set(partition, next)
      if (next > offset && random() < COMMITS_SHARE)
        await this.group.commit(partition, next, () => this.#commit(wire, partition, next))
    }
  }

  async leave(wire) {
    if (this.#epoch > 0)
      await wire.send(apis.ConsumerGroupHeartbeat, {
        groupId: this.group.groupId,
        memberId: this.memberId,
        memberEpoch: -1,
      })
    this.#forget()
  }

  forgive(error) {
    if (!(error instanceof Refused)) throw error
    if (REJOIN.has(error.code)) this.#forget()
    else if (!PASSING.has(error.code)) throw new Error(`${this.group.groupId}: ${error.message}`)
    this.#heartbeatAt = 0
  }

  #forget() {
    this.#epoch = 0
    this.#positions.clear()
  }

  async #heartbeat(wire) {
    const { groupId, topic } = this.group
    const owned =
      this.topicId && this.#positions.size > 0
        ? [{ topicId: this.topicId, partitions: [...this.#positions.keys()] }]
        : []
    const answer = await wire.ask(apis.ConsumerGroupHeartbeat, {
      groupId,
      memberId: this.memberId,
      memberEpoch: this.#epoch,
      rebalanceTimeoutMs: 5000,
      subscribedTopicNames: [topic],
      topicPartitions: owned,
    })
    this.#epoch = answer.memberEpoch
    this.#heartbeatAt = performance.now() + HEARTBEAT_MS
    if (answer.assignment) await this.#take(wire, answer.assignment.topicPartitions)
  }

  async #take(wire, [assigned]) {
    this.topicId = assigned?.topicId
    const mine = new Set(assigned?.partitions)
    const isNew = [...mine].filter((partition) => !this.#positions.has(partition))
    for (const partition of this.#positions.keys()) if (!mine.has(partition)) this.#positions.delete(partition)
    this.#heartbeatAt = 0
    if (isNew.length === 0) return
    for (const [partition, offset] of await committedOffsets(wire, { ...this.group, partitions: isNew }))
      this.#positions.set(partition, offset < 0n ? 0n : offset)
  }

  async #commit(wire, partitionIndex, committedOffset) {
    const { topics } = await wire.send(
      apis.OffsetCommit,
      {
        groupId: this.group.groupId,
        generationIdOrMemberEpoch: this.#epoch,
        memberId: this.memberId,
        topics: [{ name: this.group.topic, partitions: [{ partitionIndex, committedOffset }] }],
      },
      9,
    )
    const { errorCode } = topics[0].partitions[0]
    if (errorCode !== 0) throw new Refused('OffsetCommit', errorName(errorCode))
  }
}
