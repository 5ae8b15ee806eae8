// Producers and consumers that go as fast as the broker lets them.
import { apis, protocol } from '../support/protocol.mjs'
import { fetch, produce, Refused } from '../support/wire.mjs'

const { batches, buildBatch } = protocol
const RECORDS = 500
const RECORD_BYTES = 500
const KEYS = 1000
const IN_FLIGHT = 4
const FETCH_BYTES = 1 << 20

/** Writes until `isOver()`; counts into `counts.written`. The records have keys, which come again and again. */
export async function write(wire, { topic, partition }, counts, isOver) {
  const records = makeBatch()
  const lanes = Array.from({ length: IN_FLIGHT }, async () => {
    while (!isOver()) {
      await produce(wire, { topic, partition, records })
      counts.written += RECORDS
    }
  })
  await Promise.all(lanes)
}

function makeBatch() {
  const timestamp = BigInt(Date.now())
  return buildBatch(
    Array.from({ length: RECORDS }, () => ({
      timestamp,
      key: Buffer.from(`key-${Math.floor(Math.random() * KEYS)}`),
      value: Buffer.alloc(RECORD_BYTES, 'x'),
    })),
  )
}

/**
 * Reads what comes until `isOver()`; goes on at the end where retention was faster. Rejects when offsets jump in a
 * topic that is not compacted.
 */
export async function read(wire, { topic, partition, isCompacted = false }, counts, isOver) {
  for (let offset = 0n; !isOver(); ) {
    try {
      const { records } = await fetch(wire, { topic, partition, offset, maxWaitMs: 100, maxBytes: FETCH_BYTES })
      offset = follow(records ?? Buffer.alloc(0), offset, isCompacted, counts)
    } catch (error) {
      if (!(error instanceof Refused) || error.code !== 'OFFSET_OUT_OF_RANGE') throw error
      counts.overtaken += 1
      offset = await endOf(wire, topic, partition)
    }
  }
}

function follow(records, from, isCompacted, counts) {
  let next = from
  for (const { header } of batches(records)) {
    if (!isCompacted && header.baseOffset > next) throw new Error(`after offset ${next} comes ${header.baseOffset}`)
    next = header.lastOffset + 1n
    counts.read += header.recordsCount
  }
  return next
}

async function endOf(wire, topic, partition) {
  const partitions = [{ partitionIndex: partition, timestamp: -1n }]
  const { topics } = await wire.send(apis.ListOffsets, { replicaId: -1, topics: [{ name: topic, partitions }] }, 7)
  return topics[0].partitions[0].offset
}
