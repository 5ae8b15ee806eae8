// The logs beside what the clients were told.
import { readRecords } from '../support/read-records.mjs'
import { fetch } from '../support/wire.mjs'
import { ENDS } from './ledger.mjs'

/** A difference between what a client sees and the ledger, and the round that it began in. */
export class Difference extends Error {
  constructor(message, round) {
    super(message)
    this.round = round
  }
}

/** Reads the logs from the start, a piece at a time, and compares all that can be said of a piece at once. */
export class Comparison {
  #next = new Map()
  /** By record of the ledger: at which offset it was found. */
  #found = new Map()
  #lastOf = new Map()

  constructor(ledger, topics, options = {}) {
    this.ledger = ledger
    this.topics = topics
    this.isCommittedOnly = options.isCommittedOnly ?? false
  }

  get found() {
    return this.#found
  }

  /** Reads what has come since the last time. */
  async advance(wire) {
    for (const { name: topic, partitions } of this.topics) {
      for (let partition = 0; partition < partitions; partition += 1) await this.#read(wire, topic, partition)
    }
  }

  async #read(wire, topic, partition) {
    const place = `${topic}-${partition}`
    for (let offset = this.#next.get(place) ?? 0n; ; ) {
      const answer = await fetch(wire, { topic, partition, offset, isCommittedOnly: this.isCommittedOnly })
      const { found, next } = readRecords(answer, offset)
      for (const seen of found) this.#see(topic, partition, seen)
      if (next === offset) return
      this.#next.set(place, (offset = next))
    }
  }

  #see(topic, partition, { offset, key, value }) {
    const where = `${topic}-${partition} at ${offset}`
    const { producer, record } = this.ledger.find(value ?? '')
    if (
      !record ||
      producer.topic !== topic ||
      record.partition !== partition ||
      record.value !== value ||
      record.key !== key
    ) {
      throw new Difference(`${where}: nobody sent this here: ${value}`, this.ledger.round)
    }
    const what = `${where}: record ${record.n} of ${producer.name}`
    if (this.#found.has(record)) throw new Difference(`${what} is at ${this.#found.get(record)} already`, record.round)
    if (record.offset !== null && record.offset !== offset)
      throw new Difference(`${what} was acknowledged at ${record.offset}`, record.round)
    const lane = `${producer.name} ${partition}`
    if (this.#lastOf.get(lane) > record.n)
      throw new Difference(`${what} stands behind record ${this.#lastOf.get(lane)}`, record.round)
    this.#lastOf.set(lane, record.n)
    this.#found.set(record, offset)
  }
}

/** Records that were acknowledged must be there. */
export function checkAcknowledged(found, due) {
  const lost = due.find((record) => !found.has(record))
  if (!lost) return
  const {
    producer: { name, kind, topic },
    n,
    partition,
    offset,
    round,
  } = lost
  throw new Difference(
    `record ${n} of ${name} (${kind}), acknowledged at ${topic}-${partition} offset ${offset}, is lost`,
    round,
  )
}

/** What a compacted topic has to keep. */
export const newestOfKeys = (records) => [
  ...new Map(records.map((record) => [`${record.partition} ${record.key}`, record])).values(),
]

/** To a reader of committed records each transaction is there as a whole, or not at all. */
export function checkTransactions(found, records) {
  for (const record of records) {
    const {
      producer: { name },
      n,
      transaction,
      round,
    } = record
    if (transaction === null) continue
    const { index, end } = transaction
    if (end !== ENDS.committed && end !== ENDS.aborted)
      throw new Difference(`transaction ${index} of ${name} is ${end} in the end`, round)
    if (found.has(record) === (end === ENDS.committed)) continue
    throw new Difference(
      `record ${n} of ${name}, of transaction ${index}, which is ${end}, is ${found.has(record) ? '' : 'not '}visible`,
      round,
    )
  }
}
