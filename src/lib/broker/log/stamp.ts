import {
  AT,
  ATTRIBUTES,
  BATCH_OVERHEAD,
  type BatchHeader,
  CODECS,
  crc32c,
  LOG_OVERHEAD,
} from '../../protocol/records/index.ts'
import type { BatchAt, LogConfig } from './types.ts'

/** What the leader writes into a batch. */
export interface Stamp {
  readonly baseOffset: bigint
  readonly leaderEpoch: number
  readonly maxTimestamp: bigint
  readonly isLogAppendTime: boolean
}

/**
 * Puts offset, epoch and time into the header of the batch at `at`; the checksum is made anew only when it has to be.
 * Returns the header as it is now.
 */
export function stampBatch(records: Buffer, { header, at }: BatchAt, stamp: Stamp): BatchHeader {
  const { baseOffset, leaderEpoch, maxTimestamp, isLogAppendTime } = stamp
  // These two lie in front of what the checksum covers, for exactly this purpose.
  records.writeBigInt64BE(baseOffset, at + AT.baseOffset)
  records.writeInt32BE(leaderEpoch, at + AT.partitionLeaderEpoch)
  const lastOffset = baseOffset + BigInt(header.lastOffsetDelta)
  const placed = { ...header, baseOffset, lastOffset, partitionLeaderEpoch: leaderEpoch }
  if (header.maxTimestamp === maxTimestamp && header.isLogAppendTime === isLogAppendTime) return placed
  const attributes = isLogAppendTime
    ? header.attributes | ATTRIBUTES.LOG_APPEND_TIME
    : header.attributes & ~ATTRIBUTES.LOG_APPEND_TIME
  records.writeInt16BE(attributes, at + AT.attributes)
  records.writeBigInt64BE(maxTimestamp, at + AT.maxTimestamp)
  const crc = writeCrc(records, at, header.sizeInBytes)
  return { ...placed, attributes, isLogAppendTime, maxTimestamp, crc }
}

/** The codec that `compression.type` asks for, and its level. */
export function targetCodec(config: LogConfig, sourceCodec: number): { codec: number; level?: number } {
  switch (config.compressionType) {
    case 'producer':
      return { codec: sourceCodec }
    case 'uncompressed':
      return { codec: CODECS.none }
    case 'gzip':
      return { codec: CODECS.gzip, level: config.compressionGzipLevel }
    case 'snappy':
      return { codec: CODECS.snappy }
    case 'lz4':
      return { codec: CODECS.lz4 }
    case 'zstd':
      return { codec: CODECS.zstd, level: config.compressionZstdLevel }
  }
}

/**
 * The same batch with another codec, its records `compressed` by it. They do not depend on it, so they are not taken
 * apart.
 */
export function withBody(records: Buffer, { header, at }: BatchAt, compressed: Buffer, codec: number): Buffer {
  const batch = Buffer.allocUnsafe(BATCH_OVERHEAD + compressed.length)
  records.copy(batch, 0, at, at + BATCH_OVERHEAD)
  compressed.copy(batch, BATCH_OVERHEAD)
  batch.writeInt32BE(batch.length - LOG_OVERHEAD, AT.batchLength)
  batch.writeInt16BE(withCodec(header, codec), AT.attributes)
  writeCrc(batch, 0, batch.length)
  return batch
}

function withCodec({ attributes }: BatchHeader, codec: number): number {
  return (attributes & ~ATTRIBUTES.CODEC_MASK) | codec
}

/** Makes the checksum of a batch right again, and returns it. */
export function writeCrc(records: Buffer, at: number, sizeInBytes: number): number {
  const crc = crc32c(records, at + AT.attributes, at + sizeInBytes)
  records.writeUInt32BE(crc, at + AT.crc)
  return crc
}
