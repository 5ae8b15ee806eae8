import {
  AT,
  ATTRIBUTES,
  BATCH_OVERHEAD,
  type BatchHeader,
  compress,
  type Cursor,
  LOG_OVERHEAD,
  NO_TIMESTAMP,
  readVarint,
  RecordReader,
  varintSize,
  varlongSize,
  writeVarint,
  writeVarlong,
} from '../../protocol/records/index.ts'
import { writeCrc } from './stamp.ts'

/** Whether the record that the reader stands on stays. */
export type Decide = (reader: RecordReader, offset: bigint) => boolean

/** Where a record lies among the bytes of its batch, its own length included. */
interface Kept {
  readonly start: number
  readonly end: number
  readonly timestampDelta: number
}

const reader = new RecordReader()
const DROP_FLAGS = ATTRIBUTES.CODEC_MASK | ATTRIBUTES.DELETE_HORIZON

/**
 * A batch without the records that do not stay: the batch itself when all stay, null when none does
 * (MemoryRecords.filterTo). Offsets and sequence numbers keep their places. When tombstones stay, the time at which
 * they may go, `horizonMs`, is put into the batch, once: from then on it stands in place of the base timestamp
 * (KIP-534).
 */
export function filterBatch(batch: Buffer, header: BatchHeader, horizonMs: number, decide: Decide): Buffer | null {
  const { kept, hasTombstone } = keptRecords(batch, header, decide)
  if (kept.length === 0) return null
  // A marker is looked at here when nothing is left of its transaction: it goes as tombstones do.
  const needsHorizon = (hasTombstone || header.isControl) && deleteHorizonOf(header) === null
  if (kept.length === header.recordsCount && !needsHorizon) return batch
  const baseTimestamp = needsHorizon ? BigInt(horizonMs) : header.baseTimestamp
  const body = needsHorizon ? rebased(kept, Number(header.baseTimestamp - baseTimestamp)) : joined(kept)
  return rebuilt(batch, header, kept, baseTimestamp, body, needsHorizon)
}

/** The time at which the tombstones of a batch may go, null when it has not been set. */
export function deleteHorizonOf({ attributes, baseTimestamp }: BatchHeader): number | null {
  return (attributes & ATTRIBUTES.DELETE_HORIZON) === 0 ? null : Number(baseTimestamp)
}

/**
 * The batch with no records left, which still tells of its offsets and its producer
 * (DefaultRecordBatch.writeEmptyHeader).
 */
export function emptyBatch(batch: Buffer, header: BatchHeader): Buffer {
  const empty = Buffer.from(batch.subarray(0, BATCH_OVERHEAD))
  empty.writeInt16BE(header.attributes & ~DROP_FLAGS, AT.attributes)
  empty.writeBigInt64BE(NO_TIMESTAMP, AT.baseTimestamp)
  return finished(empty, 0)
}

function keptRecords(batch: Buffer, header: BatchHeader, decide: Decide): { kept: Kept[]; hasTombstone: boolean } {
  const kept: Kept[] = []
  let hasTombstone = false
  reader.open(batch, 0, header)
  let start = reader.body === batch ? BATCH_OVERHEAD : 0
  while (reader.next()) {
    const end = endOfRecord(reader.body, start)
    if (decide(reader, header.baseOffset + BigInt(reader.offsetDelta))) {
      kept.push({ start, end, timestampDelta: reader.timestampDelta })
      hasTombstone ||= reader.valueLength < 0
    }
    start = end
  }
  return { kept, hasTombstone }
}

function endOfRecord(body: Buffer, start: number): number {
  const cursor: Cursor = { body, position: start, end: body.length }
  const length = readVarint(cursor)
  return cursor.position + length
}

function joined(kept: readonly Kept[]): Buffer {
  return Buffer.concat(kept.map(({ start, end }) => reader.body.subarray(start, end)))
}

/** The records with their timestamps counted from another base: `shiftMs` is added to each delta. */
function rebased(kept: readonly Kept[], shiftMs: number): Buffer {
  return Buffer.concat(kept.map((record) => rebasedRecord(reader.body, record, record.timestampDelta + shiftMs)))
}

/** A record is its length, a byte of attributes, the timestamp delta, and the rest. */
function rebasedRecord(body: Buffer, { start, end, timestampDelta }: Kept, newDelta: number): Buffer {
  const cursor: Cursor = { body, position: start, end }
  readVarint(cursor)
  const attributesAt = cursor.position
  const restAt = attributesAt + 1 + varlongSize(timestampDelta)
  const length = 1 + varlongSize(newDelta) + end - restAt
  const record = Buffer.allocUnsafe(varintSize(length) + length)
  let at = writeVarint(record, 0, length)
  record[at++] = body[attributesAt]!
  at = writeVarlong(record, at, newDelta)
  body.copy(record, at, restAt, end)
  return record
}

function rebuilt(
  batch: Buffer,
  header: BatchHeader,
  kept: readonly Kept[],
  baseTimestamp: bigint,
  body: Buffer,
  setsHorizon: boolean,
): Buffer {
  const compressed = compress(header.codec, body)
  const result = Buffer.concat([batch.subarray(0, BATCH_OVERHEAD), compressed])
  result.writeInt16BE(setsHorizon ? header.attributes | ATTRIBUTES.DELETE_HORIZON : header.attributes, AT.attributes)
  result.writeBigInt64BE(baseTimestamp, AT.baseTimestamp)
  if (!header.isLogAppendTime) result.writeBigInt64BE(maxTimestampOf(header, kept), AT.maxTimestamp)
  return finished(result, kept.length)
}

function maxTimestampOf({ baseTimestamp }: BatchHeader, kept: readonly Kept[]): bigint {
  return baseTimestamp + BigInt(kept.reduce((max, { timestampDelta }) => Math.max(max, timestampDelta), -Infinity))
}

function finished(batch: Buffer, recordsCount: number): Buffer {
  batch.writeInt32BE(batch.length - LOG_OVERHEAD, AT.batchLength)
  batch.writeInt32BE(recordsCount, AT.recordsCount)
  writeCrc(batch, batch.length)
  return batch
}
