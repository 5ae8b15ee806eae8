// A data folder with something of everything, and what was written into it.
import { cpSync } from 'node:fs'
import { Node, source } from './node.mjs'

const { buildBatch, CODECS } = source
const START_MS = 1_700_000_000_000

export const TOPICS = [
  { name: 'plain', partitions: 2, configs: {} },
  { name: 'compacted', partitions: 1, configs: { 'cleanup.policy': 'compact' } },
  { name: 'transactions', partitions: 1, configs: {} },
]

/**
 * What clients know: records by partition and offset, what was rolled back, and each offset that a group ever
 * committed.
 */
export class Books {
  records = new Map()
  aborted = new Set()
  committed = new Map()
  starts = new Map()

  /** `values` as they were written from an offset on. */
  wrote(topic, partition, offset, records) {
    const place = `${topic}-${partition}`
    const known = this.records.get(place) ?? new Map()
    this.records.set(place, known)
    records.forEach(({ key, value }, index) => known.set(offset + BigInt(index), textOf(key, value)))
  }

  commits(group, topic, partition, offset) {
    const place = `${group}/${topic}/${partition}`
    this.committed.set(place, [...(this.committed.get(place) ?? []), offset])
  }
}

export const textOf = (key, value) =>
  `${key === null ? 'null' : key.toString('latin1')}=${value === null ? 'null' : value.toString('latin1')}`

/**
 * Makes the folder `clean`, and `unclean` as kill -9 would leave it; resolves with the books, and the time of the end.
 */
export async function makeFolders(clean, unclean, random) {
  const books = new Books()
  const node = new Node(clean, START_MS)
  for (const { name, partitions, configs } of TOPICS) {
    await node.send('CreateTopics', {
      topics: [
        {
          name,
          numPartitions: partitions,
          replicationFactor: 1,
          configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
        },
      ],
    })
  }
  const writer = new Writer(node, books, random)
  for (let round = 0; round < 12; round += 1) {
    await writer.round(round)
    await node.pass(4000)
  }
  await node.send('DeleteRecords', { topics: [{ name: 'plain', partitions: [{ partitionIndex: 0, offset: 9n }] }] })
  books.starts.set('plain-0', 9n)
  await writer.leaveOpen()
  cpSync(clean, unclean, { recursive: true })
  await node.close()
  return { books, nowMs: node.clock.now() }
}

class Writer {
  #sequence = 0
  #idempotent
  #transactional
  #transactionSequence = 0
  #memberEpoch = 0

  constructor(node, books, random) {
    Object.assign(this, { node, books, random })
  }

  async round(round) {
    this.#idempotent ??= await this.node.send('InitProducerId', {
      transactionalId: null,
      transactionTimeoutMs: 0,
      producerId: -1n,
      producerEpoch: -1,
    })
    this.#transactional ??= await this.node.send('InitProducerId', {
      transactionalId: 'tx',
      transactionTimeoutMs: 600_000,
      producerId: -1n,
      producerEpoch: -1,
    })
    for (const partition of [0, 1]) {
      await this.#write('plain', partition, this.#records(3), { codec: round % 3 === 1 ? CODECS.gzip : CODECS.none })
      await this.#write('plain', partition, this.#records(1))
    }
    const idempotent = this.#records(2)
    await this.#write('plain', 1, idempotent, {
      producerId: this.#idempotent.producerId,
      producerEpoch: 0,
      baseSequence: this.#sequence,
    })
    this.#sequence += idempotent.length
    await this.#write(
      'compacted',
      0,
      this.#records(4).map((record, index) => ({
        ...record,
        key: Buffer.from(`key ${(round + index) % 6}`),
        ...(round % 5 === 4 && index === 0 && { value: null }),
      })),
    )
    await this.#transaction(round)
    await this.#commitAll(round)
  }

  /** A transaction that nobody ends. */
  async leaveOpen() {
    await this.#writeInTransaction(true)
  }

  async #transaction(round) {
    const isCommitted = round % 2 === 0
    await this.#writeInTransaction(!isCommitted)
    await this.#write('transactions', 0, this.#records(1))
    const { producerId, producerEpoch } = this.#transactional
    const { errorCode, ...next } = await this.node.send(
      'EndTxn',
      { transactionalId: 'tx', producerId, producerEpoch, committed: isCommitted },
      5,
    )
    if (errorCode !== 0) throw new Error(`EndTxn: ${source.errorName(errorCode)}`)
    this.#transactional = next
    this.#transactionSequence = 0
  }

  async #writeInTransaction(isAborted) {
    const records = this.#records(2)
    const { producerId, producerEpoch } = this.#transactional
    const offset = await this.#write(
      'transactions',
      0,
      records,
      { producerId, producerEpoch, baseSequence: this.#transactionSequence, isTransactional: true },
      'tx',
    )
    if (isAborted) records.forEach((_, index) => this.books.aborted.add(`transactions-0 ${offset + BigInt(index)}`))
    this.#transactionSequence += records.length
  }

  async #write(topic, partition, records, options = {}, transactionalId = null) {
    const timestamp = BigInt(this.node.clock.now())
    const batch = buildBatch(
      records.map((record) => ({ timestamp, ...record })),
      options,
    )
    const { responses } = await this.node.send(
      'Produce',
      {
        transactionalId,
        acks: -1,
        topicData: [{ name: topic, partitionData: [{ index: partition, records: batch }] }],
      },
      12,
    )
    const { errorCode, baseOffset } = responses[0].partitionResponses[0]
    if (errorCode !== 0) throw new Error(`Produce to ${topic}: ${source.errorName(errorCode)}`)
    this.books.wrote(topic, partition, baseOffset, records)
    return baseOffset
  }

  #records(count) {
    return Array.from({ length: count }, () => ({
      key: null,
      value: Buffer.from(
        Array.from({ length: 5 + Math.floor(this.random() * 60) }, () => 97 + Math.floor(this.random() * 26)),
      ),
    }))
  }

  /** Groups without members, and a consumer group with one. */
  async #commitAll(round) {
    // Some commit once: what they committed is in one record alone.
    const groups = ['always', ...(round % 4 === 1 ? [`once-${round}`] : [])]
    for (const group of groups) await this.#commit(group, round, { memberId: '', generationIdOrMemberEpoch: -1 })
    const { errorCode, memberEpoch } = await this.node.send('ConsumerGroupHeartbeat', {
      groupId: 'consumers',
      memberId: 'member',
      memberEpoch: this.#memberEpoch,
      rebalanceTimeoutMs: 60_000,
      subscribedTopicNames: ['plain'],
      topicPartitions: [],
    })
    if (errorCode !== 0) throw new Error(`ConsumerGroupHeartbeat: ${source.errorName(errorCode)}`)
    this.#memberEpoch = memberEpoch
    await this.#commit('consumers', round, { memberId: 'member', generationIdOrMemberEpoch: memberEpoch })
  }

  async #commit(groupId, round, who) {
    const offset = BigInt(round * 3 + 1)
    const partitions = [0, 1].map((partitionIndex) => ({
      partitionIndex,
      committedOffset: offset,
      committedMetadata: '',
    }))
    const { topics } = await this.node.send(
      'OffsetCommit',
      { groupId, ...who, topics: [{ name: 'plain', partitions }] },
      9,
    )
    if (topics[0].partitions.some(({ errorCode }) => errorCode !== 0))
      throw new Error(`OffsetCommit of ${groupId}: ${source.errorName(topics[0].partitions[0].errorCode)}`)
    for (const partition of [0, 1]) this.books.commits(groupId, 'plain', partition, offset)
  }
}
