import { AT, type BatchHeader } from './batch.ts'
import { buildBatch } from './builder.ts'
import { RecordReader } from './reader.ts'

/**
 * How a transaction ended, as it is written into each partition that took part (EndTransactionMarker,
 * ControlRecordType).
 */
export interface EndMarker {
  readonly committed: boolean
  /** The leader epoch of the coordinator's partition: a coordinator that has been replaced is told by it. */
  readonly coordinatorEpoch: number
}

export interface EndMarkerBatch extends EndMarker {
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly timestamp: bigint
}

const VERSION = 0
const ABORT = 0
const COMMIT = 1
const KEY_BYTES = 4
const VALUE_BYTES = 6

/** A control batch of one record. Key: version int16, type int16. Value: version int16, coordinator epoch int32. */
export function buildEndMarker({
  committed,
  coordinatorEpoch,
  producerId,
  producerEpoch,
  timestamp,
}: EndMarkerBatch): Buffer {
  const key = Buffer.alloc(KEY_BYTES)
  key.writeInt16BE(VERSION, 0)
  key.writeInt16BE(committed ? COMMIT : ABORT, 2)
  const value = Buffer.alloc(VALUE_BYTES)
  value.writeInt16BE(VERSION, 0)
  value.writeInt32BE(coordinatorEpoch, 2)
  return buildBatch([{ timestamp, key, value }], { producerId, producerEpoch, isTransactional: true, isControl: true })
}

/**
 * What the control batch at `at` says; null for one that ends no transaction, or that compaction has emptied.
 * Throws MalformedError when it is damaged.
 */
export function readEndMarker(buffer: Buffer, at: number, header: BatchHeader): EndMarker | null {
  if (!header.isControl || buffer.readInt32BE(at + AT.recordsCount) === 0) return null
  const reader = new RecordReader()
  reader.open(buffer, at, header)
  if (!reader.next() || reader.keyLength < KEY_BYTES || reader.valueLength < VALUE_BYTES) return null
  const type = reader.body.readInt16BE(reader.keyStart + 2)
  if (type !== ABORT && type !== COMMIT) return null
  return { committed: type === COMMIT, coordinatorEpoch: reader.body.readInt32BE(reader.valueStart + 2) }
}
