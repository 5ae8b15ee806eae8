// Transactional producers: records in several partitions and the offset of a group, all of it or nothing.
import { apis, protocol } from '../support/protocol.mjs'
import { Gone, produce, Refused } from '../support/wire.mjs'
import { pause } from './cluster.mjs'
import { ENDS, KINDS } from './ledger.mjs'
import { encode, upTo } from './producers.mjs'

const { CODECS, errorName } = protocol
/**
 * Versions of requests by `transaction.version` (KIP-890): 2 adds partitions in passing, and raises the epoch with each
 * end.
 */
const VERSIONS = {
  2: { produce: 12, endTxn: 5, txnOffsetCommit: 5 },
  0: { produce: 11, endTxn: 4, txnOffsetCommit: 4 },
}
const MOST_PARTITIONS = 3
const MOST_RECORDS = 8
const COMMITTED_SHARE = 0.7
const ABANDONED_SHARE = 0.05
const RESUMED_SHARE = 0.5
const PATIENCE_MS = 15_000
const TRANSACTION_TIMEOUT_MS = 60_000
/** The group's only partition. */
export const PLACE = { topic: 'chaos-in', partition: 0 }

export async function runTransactional(cluster, ledger, { name, topic, partitions, random, version }) {
  const producer = ledger.open(name, KINDS.transactional, topic)
  const versions = VERSIONS[version]
  const sequences = new Map()
  let id

  await cluster.keepWorking(name, async (wire) => {
    const last = producer.transactions.at(-1)
    // As clients do that only lost their connection, at times: the end that had no answer is asked for again.
    if (last?.end === ENDS.committing && random() < RESUMED_SHARE) await end(wire, last, true)
    else await begin(wire)
    while (cluster.isWritten) {
      await runTransaction(wire)
      await pause(random() * 4)
    }
    await begin(wire)
  })

  /** Fences whoever was there before; by the group's offset it is known whether the last transaction was committed. */
  async function begin(wire) {
    id = await patiently(() =>
      wire.ask(apis.InitProducerId, { transactionalId: name, transactionTimeoutMs: TRANSACTION_TIMEOUT_MS }),
    )
    sequences.clear()
    const done = Number(await groupOffset(wire, name))
    for (const transaction of producer.transactions) {
      if (transaction.end === ENDS.open) transaction.end = ENDS.aborted
      if (transaction.end === ENDS.committing)
        transaction.end = done === transaction.index + 1 ? ENDS.committed : ENDS.aborted
    }
    const last = producer.transactions.findLast(({ end }) => end === ENDS.committed)
    if (done !== (last ? last.index + 1 : -1))
      throw new Error(`${name}: the group's offset is ${done}, the last transaction committed ${last?.index}`)
  }

  async function runTransaction(wire) {
    const transaction = { index: producer.transactions.length, end: ENDS.open, round: ledger.round }
    producer.transactions.push(transaction)
    const wanted = Array.from({ length: upTo(random, MOST_PARTITIONS) }, () => Math.floor(random() * partitions))
    if (version === 0) await patiently(() => addPartitions(wire, [...new Set(wanted)]))
    for (const partition of wanted) await send(wire, transaction, partition)
    await commitOffset(wire, BigInt(transaction.index + 1))
    if (random() < ABANDONED_SHARE) return begin(wire)
    await end(wire, transaction, random() < COMMITTED_SHARE)
  }

  async function send(wire, transaction, partition) {
    const records = Array.from({ length: upTo(random, MOST_RECORDS) }, () =>
      ledger.note(producer, partition, { random, transaction }),
    )
    const baseSequence = sequences.get(partition) ?? 0
    const bytes = encode(records, {
      ...id,
      baseSequence,
      isTransactional: true,
      codec: random() < 0.5 ? CODECS.lz4 : CODECS.none,
    })
    const baseOffset = await patiently(() =>
      produce(wire, { topic, partition, records: bytes, transactionalId: name, version: versions.produce }),
    )
    ledger.acknowledge(records, baseOffset)
    sequences.set(partition, baseSequence + records.length)
  }

  async function addPartitions(wire, list) {
    const { resultsByTopicV3AndBelow } = await wire.send(
      apis.AddPartitionsToTxn,
      {
        v3AndBelowTransactionalId: name,
        v3AndBelowProducerId: id.producerId,
        v3AndBelowProducerEpoch: id.producerEpoch,
        v3AndBelowTopics: [{ name: topic, partitions: list }],
      },
      3,
    )
    check(
      'AddPartitionsToTxn',
      resultsByTopicV3AndBelow[0].resultsByPartition.map(({ partitionErrorCode }) => partitionErrorCode),
    )
  }

  async function commitOffset(wire, committedOffset) {
    const ids = { transactionalId: name, groupId: name, producerId: id.producerId, producerEpoch: id.producerEpoch }
    if (version === 0) await patiently(() => wire.ask(apis.AddOffsetsToTxn, ids))
    await patiently(async () => {
      const { topics } = await wire.send(
        apis.TxnOffsetCommit,
        { ...ids, topics: [{ name: PLACE.topic, partitions: [{ partitionIndex: PLACE.partition, committedOffset }] }] },
        versions.txnOffsetCommit,
      )
      check(
        'TxnOffsetCommit',
        topics[0].partitions.map(({ errorCode }) => errorCode),
      )
    })
  }

  async function end(wire, transaction, committed) {
    const { producerId, producerEpoch } = id
    transaction.end = committed ? ENDS.committing : ENDS.aborted
    const answer = await patiently(() =>
      wire.ask(apis.EndTxn, { transactionalId: name, producerId, producerEpoch, committed }, versions.endTxn),
    )
    if (committed) transaction.end = ENDS.committed
    if (version === 0) return
    id = { producerId: answer.producerId, producerEpoch: answer.producerEpoch }
    sequences.clear()
  }

  /** Tries again while the coordinator still ends the transaction before. */
  async function patiently(act) {
    for (const deadline = performance.now() + PATIENCE_MS; ; await pause(2)) {
      try {
        return await act()
      } catch (error) {
        if (error instanceof Gone) throw error
        if (error.code !== 'CONCURRENT_TRANSACTIONS' || performance.now() > deadline)
          throw new Error(`${name}: ${error.message}`, { cause: error })
      }
    }
  }
}

function check(apiName, codes) {
  const code = codes.find((each) => each !== 0)
  if (code !== undefined) throw new Refused(apiName, errorName(code))
}

/** The committed offset of a group in the one partition that transactions commit; -1 for none. */
async function groupOffset(wire, groupId) {
  const { groups } = await wire.send(
    apis.OffsetFetch,
    {
      requireStable: true,
      groups: [{ groupId, topics: [{ name: PLACE.topic, partitionIndexes: [PLACE.partition] }] }],
    },
    9,
  )
  const { committedOffset, errorCode } = groups[0].topics[0].partitions[0]
  check('OffsetFetch', [errorCode])
  return committedOffset
}
