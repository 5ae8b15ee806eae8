import { MalformedError } from '../../errors.ts'
import { AT, BATCH_OVERHEAD, LOG_OVERHEAD } from '../../protocol/records/index.ts'
import type { Segment } from './segment.ts'
import type { ReadOptions } from './types.ts'

const EMPTY = Buffer.alloc(0)

/**
 * Whole batches of a segment from the one that holds `offset` on (or the first one behind it, when offsets are missing).
 * Null when the segment has none; empty when the limits leave none. One read of the file when the position is known.
 */
export function readSegment(segment: Segment, offset: bigint, { maxBytes, minOneMessage, upTo }: ReadOptions): Buffer | null {
  const position = locate(segment, offset)
  if (position === null) return null
  if (maxBytes <= 0 && !minOneMessage) return EMPTY
  const read = readAtLeastOne(segment, position, maxBytes, minOneMessage)
  const { bytes, nextOffset } = wholeBatches(read, upTo)
  if (bytes === 0) return EMPTY
  segment.readPositions.remember(nextOffset, position + bytes)
  return bytes === read.length ? read : read.subarray(0, bytes)
}

/** Position of the first batch that ends at or behind `offset`, null when there is none. */
export function locate(segment: Segment, offset: bigint): number | null {
  const known = segment.readPositions.get(offset)
  if (known !== undefined) return known < segment.size ? known : null
  const scanner = segment.scan(segment.offsetIndex.positionFor(offset))
  for (let header = scanner.next(); header; header = scanner.next()) {
    if (header.lastOffset >= offset) return scanner.position
  }
  return null
}

function readAtLeastOne(segment: Segment, position: number, maxBytes: number, minOneMessage: boolean): Buffer {
  const available = segment.size - position
  const read = segment.readBytes(position, Math.min(Math.max(maxBytes, BATCH_OVERHEAD), available))
  if (read.length < BATCH_OVERHEAD) throw new MalformedError(`the file of segment ${segment.baseOffset} ends at ${position + read.length}`)
  const firstBatchBytes = read.readInt32BE(AT.batchLength) + LOG_OVERHEAD
  if (minOneMessage && firstBatchBytes > read.length) return segment.readBytes(position, Math.min(firstBatchBytes, available))
  return minOneMessage || read.length <= maxBytes ? read : EMPTY
}

/** How many bytes of a buffer are whole batches that end below `upTo`, and the offset that follows them. */
function wholeBatches(buffer: Buffer, upTo: bigint): { bytes: number; nextOffset: bigint } {
  let bytes = 0
  let nextOffset = 0n
  while (buffer.length - bytes >= BATCH_OVERHEAD) {
    const end = bytes + LOG_OVERHEAD + buffer.readInt32BE(bytes + AT.batchLength)
    const following = buffer.readBigInt64BE(bytes + AT.baseOffset) + BigInt(buffer.readInt32BE(bytes + AT.lastOffsetDelta)) + 1n
    if (end > buffer.length || end < bytes + BATCH_OVERHEAD || following > upTo) break
    bytes = end
    nextOffset = following
  }
  return { bytes, nextOffset }
}
