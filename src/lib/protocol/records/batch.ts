import { MalformedError } from '../../errors.ts'

/**
 * The record batch of message format v2, as it lies on the wire and on disk (DefaultRecordBatch in Kafka's clients).
 * Layout: baseOffset int64, batchLength int32, partitionLeaderEpoch int32, magic int8, crc uint32, attributes int16,
 * lastOffsetDelta int32, baseTimestamp int64, maxTimestamp int64, producerId int64, producerEpoch int16,
 * baseSequence int32, recordsCount int32, records.
 */
export const BATCH_OVERHEAD = 61
/** Bytes in front of what `batchLength` counts. */
export const LOG_OVERHEAD = 12
export const MAGIC_V2 = 2

export const NO_PRODUCER_ID = -1n
export const NO_PRODUCER_EPOCH = -1
export const NO_SEQUENCE = -1
export const NO_TIMESTAMP = -1n

/** Offsets of fields from the start of a batch. */
export const AT = {
  baseOffset: 0,
  batchLength: 8,
  partitionLeaderEpoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  recordsCount: 57,
  records: 61,
} as const

const CODEC_MASK = 0x07
const LOG_APPEND_TIME = 0x08
const TRANSACTIONAL = 0x10
const CONTROL = 0x20
const DELETE_HORIZON = 0x40

export const ATTRIBUTES = { CODEC_MASK, LOG_APPEND_TIME, TRANSACTIONAL, CONTROL, DELETE_HORIZON } as const

export interface BatchHeader {
  readonly baseOffset: bigint
  readonly lastOffset: bigint
  /** Whole size in bytes, the twelve bytes in front of `batchLength`'s count included. */
  readonly sizeInBytes: number
  readonly partitionLeaderEpoch: number
  readonly magic: number
  readonly crc: number
  readonly attributes: number
  readonly codec: number
  readonly isLogAppendTime: boolean
  readonly isTransactional: boolean
  readonly isControl: boolean
  readonly lastOffsetDelta: number
  readonly baseTimestamp: bigint
  readonly maxTimestamp: bigint
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly baseSequence: number
  readonly recordsCount: number
}

/**
 * Reads the header of the batch at `at`. Only the header has to be in the buffer.
 * Throws MalformedError when fewer than 61 bytes are there, the magic is not 2, or the length cannot be.
 */
export function readBatchHeader(buffer: Buffer, at = 0): BatchHeader {
  if (buffer.length - at < BATCH_OVERHEAD)
    throw new MalformedError(`a batch header needs ${BATCH_OVERHEAD} bytes, ${buffer.length - at} left`)
  const magic = buffer.readInt8(at + AT.magic)
  if (magic !== MAGIC_V2) throw new MalformedError(`message format ${magic} is not supported`)
  const batchLength = buffer.readInt32BE(at + AT.batchLength)
  if (batchLength < BATCH_OVERHEAD - LOG_OVERHEAD)
    throw new MalformedError(`a batch cannot be ${batchLength} bytes long`)
  const attributes = buffer.readInt16BE(at + AT.attributes)
  const baseOffset = buffer.readBigInt64BE(at + AT.baseOffset)
  const lastOffsetDelta = buffer.readInt32BE(at + AT.lastOffsetDelta)
  return {
    baseOffset,
    lastOffset: baseOffset + BigInt(lastOffsetDelta),
    sizeInBytes: batchLength + LOG_OVERHEAD,
    partitionLeaderEpoch: buffer.readInt32BE(at + AT.partitionLeaderEpoch),
    magic,
    crc: buffer.readUInt32BE(at + AT.crc),
    attributes,
    codec: attributes & CODEC_MASK,
    isLogAppendTime: (attributes & LOG_APPEND_TIME) !== 0,
    isTransactional: (attributes & TRANSACTIONAL) !== 0,
    isControl: (attributes & CONTROL) !== 0,
    lastOffsetDelta,
    baseTimestamp: buffer.readBigInt64BE(at + AT.baseTimestamp),
    maxTimestamp: buffer.readBigInt64BE(at + AT.maxTimestamp),
    producerId: buffer.readBigInt64BE(at + AT.producerId),
    producerEpoch: buffer.readInt16BE(at + AT.producerEpoch),
    baseSequence: buffer.readInt32BE(at + AT.baseSequence),
    recordsCount: buffer.readInt32BE(at + AT.recordsCount),
  }
}
