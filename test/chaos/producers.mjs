// Producers with acks=all: one never tries again, the other does until it has an answer.
import { apis, protocol } from '../support/protocol.mjs'
import { produce, Refused } from '../support/wire.mjs'
import { pause } from './cluster.mjs'
import { KINDS } from './ledger.mjs'

const { buildBatch, CODECS } = protocol
const CODEC_CHOICE = [CODECS.none, CODECS.none, CODECS.lz4, CODECS.gzip, CODECS.zstd, CODECS.snappy]
const MOST_RECORDS = 20
const MOST_IN_FLIGHT = 5
const KEYS = 50

export const pick = (random, choice) => choice[Math.floor(random() * choice.length)]
export const upTo = (random, most) => 1 + Math.floor(random() * most)

/** A batch of records of the ledger. */
export function encode(records, options) {
  const timestamp = BigInt(Date.now())
  return buildBatch(
    records.map(({ key, value }) => ({ timestamp, key: key && Buffer.from(key), value: Buffer.from(value) })),
    options,
  )
}

/** Sends one batch after the other; of one that has no answer the fate stays open. */
export async function runPlain(cluster, ledger, { name, topic, partitions, random }) {
  const producer = ledger.open(name, KINDS.plain, topic)
  await cluster.keepWorking(name, async (wire) => {
    while (cluster.isWritten) {
      const partition = Math.floor(random() * partitions)
      const records = Array.from({ length: upTo(random, MOST_RECORDS) }, () =>
        ledger.note(producer, partition, { random }),
      )
      const bytes = encode(records, { codec: pick(random, CODEC_CHOICE) })
      ledger.acknowledge(records, await produce(wire, { topic, partition, records: bytes }))
      await pause(random() * 4)
    }
  })
}

/** Keeps up to five batches on their way to a partition, and sends again, in order, what had no answer. */
export async function runIdempotent(cluster, ledger, { name, topic, partitions, random, isKeyed = false }) {
  const producer = ledger.open(name, KINDS.idempotent, topic)
  const lanes = Array.from({ length: partitions }, (_, partition) => ({ partition, sequence: 0, waiting: [] }))
  let id
  await cluster.keepWorking(name, async (wire) => {
    id ??= await wire.ask(apis.InitProducerId, { transactionalId: null, transactionTimeoutMs: 60_000 })
    for (;;) {
      const late = lanes.find(({ waiting }) => waiting.length > 0)
      if (!late && !cluster.isWritten) return
      const lane = late ?? pick(random, lanes)
      const count = lane.waiting.length === 0 ? upTo(random, MOST_IN_FLIGHT) : 0
      for (let i = 0; i < count; i += 1) lane.waiting.push(nextBatch(lane))
      await deliver(wire, lane)
      await pause(random() * 4)
    }
  })

  function nextBatch(lane) {
    const records = Array.from({ length: upTo(random, MOST_RECORDS) }, () =>
      ledger.note(producer, lane.partition, { random, key: isKeyed ? `${name}-${Math.floor(random() * KEYS)}` : null }),
    )
    const { producerId, producerEpoch } = id
    const bytes = encode(records, {
      codec: pick(random, CODEC_CHOICE),
      producerId,
      producerEpoch,
      baseSequence: lane.sequence,
    })
    lane.sequence += records.length
    return { records, bytes }
  }

  async function deliver(wire, { partition, waiting }) {
    const answers = waiting.map(({ bytes }) =>
      produce(wire, { topic, partition, records: bytes }).then(
        (baseOffset) => ({ baseOffset }),
        (error) => ({ error }),
      ),
    )
    const sent = [...waiting]
    for (const [index, answer] of answers.entries()) {
      const { baseOffset, error } = await answer
      if (error) throw explain(error, name)
      ledger.acknowledge(sent[index].records, baseOffset)
      waiting.shift()
    }
  }
}

function explain(error, name) {
  return error instanceof Refused ? new Error(`${name}: ${error.message}`) : error
}
