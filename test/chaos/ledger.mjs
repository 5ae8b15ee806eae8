// What clients have been told: each producer's records, where they are, and how its transactions ended.

/** How the records of a producer may turn up. */
export const KINDS = { plain: 'plain', idempotent: 'idempotent', transactional: 'transactional' }

export class Ledger {
  round = 0
  producers = new Map()

  open(name, kind, topic) {
    const producer = { name, kind, topic, records: [], transactions: [] }
    this.producers.set(name, producer)
    return producer
  }

  /** A record that is about to be sent, with a value that tells it from all others. */
  note(producer, partition, { random, transaction = null, key = null }) {
    const n = producer.records.length
    const record = {
      producer,
      n,
      partition,
      key,
      value: `${producer.name} ${n} ${'.'.repeat(random() * 400)}`,
      offset: null,
      transaction,
      round: this.round,
    }
    producer.records.push(record)
    return record
  }

  /** What was acknowledged begins at this offset. */
  acknowledge(records, baseOffset) {
    records.forEach((record, index) => {
      record.offset = baseOffset + BigInt(index)
    })
  }

  /** The record that a value belongs to. */
  find(value) {
    const [name, n] = value.split(' ', 2)
    const producer = this.producers.get(name)
    return { producer, record: producer?.records[Number(n)] }
  }

  /** All records that somebody was about to send, of one topic or of all. */
  records(topic) {
    return [...this.producers.values()]
      .filter((producer) => topic === undefined || producer.topic === topic)
      .flatMap(({ records }) => records)
  }

  transactions() {
    return [...this.producers.values()].flatMap(({ transactions }) => transactions)
  }
}

/** How a transaction stands, as far as its producer was told. */
export const ENDS = { open: 'open', committing: 'committing', committed: 'committed', aborted: 'aborted' }

export const isAcknowledged = ({ offset }) => offset !== null
