import { MalformedError } from '../../errors.ts'
import { AT, BATCH_OVERHEAD, LOG_OVERHEAD, MAGIC_V2 } from '../../protocol/records/index.ts'
import type { Segment } from './segment.ts'
import type { ReadOptions } from './types.ts'

const EMPTY = Buffer.alloc(0)

/**
 * Whole batches of a segment from the one that holds `offset` on (or the first one behind it, when offsets are
 * missing). Null when the segment has none; empty when the limits leave none. One read of the file when the position is
 * known. Throws MalformedError where there is no batch that can be there; what is in a batch is not looked at, as its
 * reader checks the checksum. Where offsets have no gaps, a batch that makes one has got a wrong offset, which no
 * checksum covers.
 */
export function readSegment(
  segment: Segment,
  offset: bigint,
  { end, gaplessFrom }: SegmentBounds,
  { maxBytes, minOneMessage, upTo }: ReadOptions,
): Buffer | null {
  const located = locate(segment, offset, gaplessFrom)
  if (located === null) return null
  const { position } = located
  if (maxBytes <= 0 && !minOneMessage) return EMPTY
  const read = readAtLeastOne(segment, position, maxBytes, minOneMessage)
  const { bytes, nextOffset } = wholeBatches(read, { from: located.baseOffset, end, upTo, gaplessFrom })
  if (bytes < 0)
    throw new MalformedError(
      `no batch can be read at ${position} of ${segment.paths[0]}, where offset ${offset} is looked for`,
    )
  if (bytes === 0) return EMPTY
  segment.readPositions.remember(nextOffset, position + bytes)
  return bytes === read.length ? read : read.subarray(0, bytes)
}

/**
 * The first batch that ends at or behind `offset`, null when there is none: where it lies, and the offset that it
 * begins at, or later.
 */
function locate(
  segment: Segment,
  offset: bigint,
  gaplessFrom: bigint,
): { position: number; baseOffset: bigint } | null {
  const known = segment.readPositions.get(offset)
  if (known !== undefined) return known < segment.size ? { position: known, baseOffset: offset } : null
  const scanner = segment.scanFrom(offset)
  let nextOffset = scanner.upcoming === 0 ? segment.baseOffset : null
  for (let header = scanner.next(); header; header = scanner.next()) {
    const { baseOffset } = header
    if (nextOffset !== null && (baseOffset < nextOffset || (baseOffset > nextOffset && nextOffset >= gaplessFrom))) {
      throw new MalformedError(
        `the batch at ${scanner.position} of ${segment.paths[0]} has offset ${baseOffset} instead of ${nextOffset}`,
      )
    }
    if (header.lastOffset >= offset) return { position: scanner.position, baseOffset: nextOffset ?? baseOffset }
    nextOffset = header.lastOffset + 1n
  }
  return null
}

function readAtLeastOne(segment: Segment, position: number, maxBytes: number, minOneMessage: boolean): Buffer {
  const available = segment.size - position
  const read = segment.readBytes(position, Math.min(Math.max(maxBytes, BATCH_OVERHEAD), available))
  if (read.length < BATCH_OVERHEAD)
    throw new MalformedError(`the file of segment ${segment.baseOffset} ends at ${position + read.length}`)
  const firstBatchBytes = read.readInt32BE(AT.batchLength) + LOG_OVERHEAD
  if (firstBatchBytes > available)
    throw new MalformedError(
      `a batch of ${firstBatchBytes} bytes at ${position}, the file of segment ${segment.baseOffset} ends at ${segment.size}`,
    )
  if (minOneMessage && firstBatchBytes > read.length)
    return segment.readBytes(position, Math.min(firstBatchBytes, available))
  return minOneMessage || read.length <= maxBytes ? read : EMPTY
}

export interface SegmentBounds {
  /** Where the next segment begins, or the log ends. */
  readonly end: bigint
  /** From here on no offset is missing. */
  readonly gaplessFrom: bigint
}

interface Bounds extends SegmentBounds {
  /** The batches have offsets from here on. */
  readonly from: bigint
  readonly upTo: bigint
}

/**
 * How many bytes of a buffer are whole batches that end below `upTo`, and the offset that follows them; -1 bytes where
 * it begins with none.
 */
function wholeBatches(buffer: Buffer, { from, end, upTo, gaplessFrom }: Bounds): { bytes: number; nextOffset: bigint } {
  let bytes = 0
  let nextOffset = from
  while (buffer.length - bytes >= BATCH_OVERHEAD) {
    const endOfBatch = bytes + LOG_OVERHEAD + buffer.readInt32BE(bytes + AT.batchLength)
    const baseOffset = buffer.readBigInt64BE(bytes + AT.baseOffset)
    const following = baseOffset + BigInt(buffer.readInt32BE(bytes + AT.lastOffsetDelta)) + 1n
    const isBatch =
      buffer[bytes + AT.magic] === MAGIC_V2 &&
      endOfBatch >= bytes + BATCH_OVERHEAD &&
      (baseOffset === nextOffset || (baseOffset > nextOffset && nextOffset < gaplessFrom)) &&
      following > baseOffset &&
      following <= end
    if (!isBatch) return bytes === 0 ? { bytes: -1, nextOffset } : { bytes, nextOffset }
    if (endOfBatch > buffer.length || following > upTo) break
    bytes = endOfBatch
    nextOffset = following
  }
  return { bytes, nextOffset }
}
