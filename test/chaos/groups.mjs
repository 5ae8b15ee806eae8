// Groups that commit how far they have read, each commit noted before it is sent and when it is answered.
import { apis, protocol } from '../support/protocol.mjs'
import { Difference } from './compare.mjs'
import { ENDS } from './ledger.mjs'

const { errorName } = protocol

/** What the members of a group have read and committed, by partition. */
export class GroupLedger {
  seen = new Set()
  committed = 0
  #read = new Map()
  #attempted = new Map()
  #acknowledged = new Map()

  constructor(groupId, ledger, { name, partitions }, { isCommittedOnly }) {
    this.groupId = groupId
    this.isCommittedOnly = isCommittedOnly
    this.ledger = ledger
    this.topic = name
    this.partitions = Array.from({ length: partitions }, (_, partition) => partition)
  }

  read(partition, offset, value) {
    const { record } = this.ledger.find(value)
    if (!record) throw new Difference(`${this.groupId} read what nobody has sent: ${value}`, this.ledger.round)
    this.seen.add(record)
    raise(this.#read, partition, offset + 1n)
  }

  /** Notes a commit, has it sent, and notes its answer. */
  async commit(partition, offset, send) {
    raise(this.#attempted, partition, offset)
    await send()
    raise(this.#acknowledged, partition, offset)
    this.committed += 1
  }

  /** What the group is said to have committed is neither behind what was acknowledged nor ahead of what was sent. */
  async check(wire) {
    const least = new Map(this.#acknowledged)
    for (const [partition, offset] of await committedOffsets(wire, this)) {
      const [from, to] = [least.get(partition) ?? -1n, this.#attempted.get(partition) ?? -1n]
      if (offset >= from && offset <= to) continue
      throw new Difference(
        `${this.groupId} has committed ${offset} of ${this.topic}-${partition}: acknowledged was ${from}, sent ${to}`,
        this.ledger.round,
      )
    }
  }

  /** Records of `visible` that no member has read. */
  missing(visible) {
    return visible.filter((record) => !this.seen.has(record))
  }

  /** Records of transactions that were rolled back are for nobody. */
  checkSeen() {
    for (const record of this.isCommittedOnly ? this.seen : []) {
      if (record.transaction && record.transaction.end !== ENDS.committed)
        throw new Difference(
          `${this.groupId} has read record ${record.n} of a transaction that is ${record.transaction.end}`,
          record.round,
        )
    }
  }
}

const raise = (map, key, value) => {
  if ((map.get(key) ?? -1n) < value) map.set(key, value)
}

/** By partition; -1 where there is none. */
export async function committedOffsets(wire, { groupId, topic, partitions }) {
  const { groups } = await wire.send(
    apis.OffsetFetch,
    { requireStable: true, groups: [{ groupId, topics: [{ name: topic, partitionIndexes: partitions }] }] },
    9,
  )
  return groups[0].topics[0].partitions.map(({ partitionIndex, committedOffset, errorCode }) => {
    if (errorCode !== 0) throw new Error(`OffsetFetch: ${errorName(errorCode)}`)
    return [partitionIndex, committedOffset]
  })
}
