// What a broker serves after damage, against the books.
import { textOf, TOPICS } from './folder.mjs'
import { source } from './node.mjs'

const { AbortedFilter, RecordReader, batches, buildBatch, isCrcValid, errorName } = source
const READ_COMMITTED = 1
const FAR = 100_000n
/** What a broker may answer for a partition that is damaged. */
const HONEST = new Set(['KAFKA_STORAGE_ERROR', 'CORRUPT_MESSAGE', 'UNKNOWN_TOPIC_OR_PARTITION', 'OFFSET_OUT_OF_RANGE'])

export class Wrong extends Error {}

/** Which parts of the books the damage of a file may touch. */
export function touchedBy(file) {
  const [folder, name] = file.includes('/') ? file.split('/') : [null, file]
  const isMetadata = folder === '__cluster_metadata-0' || name === 'bootstrap.checkpoint'
  return {
    partition: folder,
    mayLoseRecords: (place) => isMetadata || name === 'log-start-offset-checkpoint' || folder === place,
    mayShowAborted: () =>
      name.endsWith('.txnindex') ||
      folder === 'transactions-0' ||
      folder?.startsWith('__transaction_state') ||
      isMetadata,
    mayLoseOffsets: folder?.startsWith('__consumer_offsets') || folder?.startsWith('__transaction_state') || isMetadata,
  }
}

/** Throws Wrong for a record that was never written, in the wrong place, or gone without a reason. */
export async function checkRecords(node, books, touched) {
  for (const { name, partitions } of TOPICS) {
    for (let partition = 0; partition < partitions; partition += 1)
      await checkPartition(node, books, { topic: name, partition, touched })
  }
}

async function checkPartition(node, books, { topic, partition, touched }) {
  const place = `${topic}-${partition}`
  const written = books.records.get(place)
  const found = await readAll(node, { topic, partition, isolationLevel: 0 })
  for (const [offset, text] of found.records) {
    if (written.get(offset) !== text)
      throw new Wrong(
        `${place} has at ${offset} ${text.slice(0, 80)}, written was ${written.get(offset)?.slice(0, 80)}`,
      )
  }
  const start = books.starts.get(place) ?? 0n
  if (!touched.mayLoseRecords(place)) {
    if (found.error) throw new Wrong(`${place} cannot be read: ${found.error}`)
    for (const offset of found.records.keys())
      if (offset < start) throw new Wrong(`${place} has offset ${offset}, which was deleted`)
    const missing = [...written.keys()].filter(
      (offset) => offset >= start && !found.records.has(offset) && topic !== 'compacted',
    )
    if (missing.length > 0) throw new Wrong(`${place} lacks ${missing.slice(0, 5).join()}`)
  }
  if (topic !== 'transactions' || touched.mayShowAborted(place)) return
  for (const offset of (await readAll(node, { topic, partition, isolationLevel: READ_COMMITTED })).records.keys()) {
    if (books.aborted.has(`${place} ${offset}`))
      throw new Wrong(`${place} shows offset ${offset}, which was rolled back`)
  }
}

async function offsetOf(node, topic, partition, timestamp) {
  const { topics } = await node.send(
    'ListOffsets',
    { replicaId: -1, topics: [{ name: topic, partitions: [{ partitionIndex: partition, timestamp }] }] },
    7,
  )
  const { errorCode, offset } = topics[0].partitions[0]
  return { error: errorCode === 0 ? null : errorName(errorCode), offset }
}

/** Every record that can be had, as somebody reads who goes on behind what is damaged. */
async function readAll(node, { topic, partition, isolationLevel }) {
  const records = new Map()
  const [first, last] = [await offsetOf(node, topic, partition, -2n), await offsetOf(node, topic, partition, -1n)]
  if (first.error ?? last.error) return { records, error: honest(topic, first.error ?? last.error) }
  if (last.offset - first.offset > FAR)
    throw new Wrong(`${topic}-${partition} goes from ${first.offset} to ${last.offset}`)
  let error = null
  for (let offset = first.offset, idle = 0; offset < last.offset; ) {
    const { responses } = await node.send(
      'Fetch',
      {
        maxWaitMs: 0,
        minBytes: 1,
        isolationLevel,
        topics: [{ topic, partitions: [{ partition, fetchOffset: offset, partitionMaxBytes: 1 << 20 }] }],
      },
      12,
    )
    const answer = responses[0].partitions[0]
    const code = errorName(answer.errorCode)
    if (code !== 'NONE') {
      error = honest(topic, code)
      offset += 1n
      continue
    }
    const read = take(answer, offset, records)
    error ??= read.error
    // Nothing more is stable; or nothing lies between here and the end.
    if (read.next === offset && (idle += 1) > 0) break
    offset = read.next
  }
  return { records, error }
}

function honest(topic, code) {
  if (!HONEST.has(code)) throw new Wrong(`${topic}: ${code}`)
  return code
}

/** A reader compares the checksum of each batch: one that is wrong it passes over. */
function take({ records, abortedTransactions }, from, into) {
  const chunk = records ?? Buffer.alloc(0)
  const filter = new AbortedFilter(abortedTransactions ?? [])
  const reader = new RecordReader()
  let next = from
  let error = null
  for (const { header, at } of batches(chunk)) {
    if (!isCrcValid(chunk, at, header)) {
      error = 'CORRUPT_MESSAGE'
      next = (header.baseOffset > next ? header.baseOffset : next) + 1n
      return { next, error }
    }
    if (!filter.isAborted(chunk, at, header) && !header.isControl) {
      reader.open(chunk, at, header)
      while (reader.next()) {
        const offset = header.baseOffset + BigInt(reader.offsetDelta)
        const part = (start, length) => (length < 0 ? null : reader.body.subarray(start, start + length))
        if (offset >= from)
          into.set(offset, textOf(part(reader.keyStart, reader.keyLength), part(reader.valueStart, reader.valueLength)))
      }
    }
    if (header.lastOffset < next - 1n) throw new Wrong(`a batch at ${header.baseOffset} behind ${next}`)
    next = header.lastOffset + 1n
  }
  return { next, error }
}

/** Throws Wrong for an offset that was never committed, and for one that is gone without a reason. */
export async function checkOffsets(node, books, touched) {
  for (const [place, committed] of books.committed) {
    const [groupId, topic, partition] = place.split('/')
    const { groups } = await node.send(
      'OffsetFetch',
      { groups: [{ groupId, topics: [{ name: topic, partitionIndexes: [Number(partition)] }] }] },
      8,
    )
    const [{ errorCode, topics }] = groups
    const offset = topics[0]?.partitions[0].committedOffset
    if (errorCode !== 0 && touched.mayLoseOffsets) continue
    if (errorCode !== 0) throw new Wrong(`the offset of ${place} cannot be had: ${errorName(errorCode)}`)
    const isRight = touched.mayLoseOffsets ? offset === -1n || committed.includes(offset) : offset === committed.at(-1)
    if (!isRight) throw new Wrong(`${place} is said to have committed ${offset}, not ${committed.at(-1)}`)
  }
}

/** Writes a record everywhere and an offset; what is refused is refused for a reason. */
export async function writeOn(node, books) {
  for (const { name: topic, partitions } of TOPICS) {
    for (let partition = 0; partition < partitions; partition += 1) {
      const record = { key: Buffer.from('again'), value: Buffer.from(`again ${topic} ${partition}`) }
      const records = buildBatch([{ timestamp: BigInt(node.clock.now()), ...record }])
      const { responses } = await node.send(
        'Produce',
        { acks: -1, topicData: [{ name: topic, partitionData: [{ index: partition, records }] }] },
        12,
      )
      const { errorCode, baseOffset } = responses[0].partitionResponses[0]
      if (errorCode === 0) books.wrote(topic, partition, baseOffset, [record])
      else honest(topic, errorName(errorCode))
    }
  }
  const { topics } = await node.send(
    'OffsetCommit',
    {
      groupId: 'late',
      memberId: '',
      generationIdOrMemberEpoch: -1,
      topics: [{ name: 'plain', partitions: [{ partitionIndex: 0, committedOffset: 5n }] }],
    },
    9,
  )
  const code = errorName(topics[0].partitions[0].errorCode)
  if (!['NONE', 'UNKNOWN_TOPIC_OR_PARTITION', 'NOT_COORDINATOR', 'COORDINATOR_NOT_AVAILABLE'].includes(code))
    throw new Wrong(`OffsetCommit: ${code}`)
}
