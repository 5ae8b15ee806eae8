import {
  AT,
  ATTRIBUTES,
  BATCH_OVERHEAD,
  type BatchHeader,
  CODECS,
  crc32c,
  LOG_OVERHEAD,
} from '../../protocol/records/index.ts'
import type { CheckedBatch, LogConfig } from './types.ts'

/** What the leader writes into a batch. */
export interface Stamp {
  readonly baseOffset: bigint
  readonly leaderEpoch: number
  readonly maxTimestamp: bigint
  readonly isLogAppendTime: boolean
}

/**
 * Puts offset, epoch and time into the header of a batch; the checksum is made anew only when it has to be. Returns the
 * header as it is now.
 */
export function stampBatch({ data, header }: CheckedBatch, stamp: Stamp): BatchHeader {
  const { baseOffset, leaderEpoch, maxTimestamp, isLogAppendTime } = stamp
  // These two lie in front of what the checksum covers, for exactly this purpose.
  data.writeBigInt64BE(baseOffset, AT.baseOffset)
  data.writeInt32BE(leaderEpoch, AT.partitionLeaderEpoch)
  const lastOffset = baseOffset + BigInt(header.lastOffsetDelta)
  const placed = { ...header, baseOffset, lastOffset, partitionLeaderEpoch: leaderEpoch }
  if (header.maxTimestamp === maxTimestamp && header.isLogAppendTime === isLogAppendTime) return placed
  const attributes = isLogAppendTime
    ? header.attributes | ATTRIBUTES.LOG_APPEND_TIME
    : header.attributes & ~ATTRIBUTES.LOG_APPEND_TIME
  data.writeInt16BE(attributes, AT.attributes)
  data.writeBigInt64BE(maxTimestamp, AT.maxTimestamp)
  const crc = writeCrc(data, header.sizeInBytes)
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
export function withBody(data: Buffer, { attributes }: BatchHeader, compressed: Buffer, codec: number): Buffer {
  const batch = Buffer.allocUnsafe(BATCH_OVERHEAD + compressed.length)
  data.copy(batch, 0, 0, BATCH_OVERHEAD)
  compressed.copy(batch, BATCH_OVERHEAD)
  batch.writeInt32BE(batch.length - LOG_OVERHEAD, AT.batchLength)
  batch.writeInt16BE((attributes & ~ATTRIBUTES.CODEC_MASK) | codec, AT.attributes)
  writeCrc(batch, batch.length)
  return batch
}

/** Makes the checksum of a batch right again, and returns it. */
export function writeCrc(batch: Buffer, sizeInBytes: number): number {
  const crc = crc32c(batch, AT.attributes, sizeInBytes)
  batch.writeUInt32BE(crc, AT.crc)
  return crc
}
