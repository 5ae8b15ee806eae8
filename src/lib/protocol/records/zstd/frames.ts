import { MalformedError } from '../../../errors.ts'
import { checkPieces } from '../limits.ts'

/** A frame of zstd data (RFC 8878). */
export interface ZstdFrame {
  readonly start: number
  readonly end: number
  readonly blocksStart: number
  /** The fewest and the most bytes that its blocks can decompress to. */
  readonly minSize: number
  readonly maxSize: number
  /** What the frame says of its size; not every one does, and nothing makes it true. */
  readonly contentSize: number | undefined
  /** 0 for none. */
  readonly dictionaryId: number
}

const FRAME_MAGIC = 0xfd2fb528
const SKIPPABLE_MAGIC = 0x184d2a50
export const MAX_BLOCK_SIZE = 128 * 1024
/** Types of blocks: as they are, one byte again and again, compressed. */
export const BLOCK = { raw: 0, rle: 1, compressed: 2 } as const
/** What a frame and a block hold at least, on the average, once there are many: see checkPieces. */
const FRAME_BYTES = 4096
const BLOCK_BYTES = 64

/**
 * The frames of the data that hold something, found without decompressing them. Throws MalformedError for what is no
 * whole frame, and for more of them, or of compressed blocks, than any writer makes.
 */
export function framesOf(data: Buffer): ZstdFrame[] {
  if (data.length === 0) throw new MalformedError('no zstd frame')
  const frames: ZstdFrame[] = []
  let blocks = 0
  for (let at = 0; at < data.length; ) {
    if (isSkippable(data, at)) at = skippableEnd(data, at)
    else {
      const { frame, compressedBlocks } = dataFrame(data, at)
      frames.push(frame)
      blocks += compressedBlocks
      at = frame.end
    }
  }
  checkPieces(frames.length, data.length, FRAME_BYTES, 'zstd frames')
  checkPieces(blocks, data.length, BLOCK_BYTES, 'zstd blocks')
  return frames
}

function isSkippable(data: Buffer, at: number): boolean {
  return need(data, at, 4).readUInt32LE(at) >>> 4 === SKIPPABLE_MAGIC >>> 4
}

/** Skippable frames hold somebody's notes, no data. */
function skippableEnd(data: Buffer, start: number): number {
  const end = start + 8 + need(data, start, 8).readUInt32LE(start + 4)
  need(data, start, end - start)
  return end
}

function dataFrame(data: Buffer, start: number): { frame: ZstdFrame; compressedBlocks: number } {
  if (need(data, start, 5).readUInt32LE(start) !== FRAME_MAGIC) throw new MalformedError('not a zstd frame')
  const descriptor = data[start + 4]!
  if ((descriptor & 0x08) !== 0) throw new MalformedError('a zstd frame with an unknown flag')
  const isSingleSegment = (descriptor & 0x20) !== 0
  const dictionaryAt = start + (isSingleSegment ? 5 : 6)
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 0x03]!
  const contentSizeAt = dictionaryAt + dictionaryBytes
  const contentSizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6]!
  const blocksStart = contentSizeAt + contentSizeBytes
  const blocks = walkBlocks(data, blocksStart)
  const checksumBytes = (descriptor & 0x04) === 0 ? 0 : 4
  need(data, blocks.end, checksumBytes)
  const frame = {
    start,
    blocksStart,
    end: blocks.end + checksumBytes,
    minSize: blocks.minSize,
    maxSize: blocks.maxSize,
    contentSize: readContentSize(data, contentSizeAt, contentSizeBytes),
    dictionaryId: dictionaryBytes === 0 ? 0 : data.readUIntLE(dictionaryAt, dictionaryBytes),
  }
  return { frame, compressedBlocks: blocks.compressed }
}

/** Little-endian; of two bytes 256 is taken off, since one byte holds what is smaller. */
function readContentSize(data: Buffer, at: number, bytes: number): number | undefined {
  switch (bytes) {
    case 0:
      return undefined
    case 1:
      return data[at]!
    case 2:
      return data.readUInt16LE(at) + 256
    case 4:
      return data.readUInt32LE(at)
    default:
      return Number(data.readBigUInt64LE(at))
  }
}

interface Blocks {
  readonly end: number
  readonly minSize: number
  readonly maxSize: number
  readonly compressed: number
}

function walkBlocks(data: Buffer, start: number): Blocks {
  let [at, minSize, compressed] = [start, 0, 0]
  for (let isLast = false; !isLast; ) {
    const header = need(data, at, 3).readUIntLE(at, 3)
    isLast = (header & 1) === 1
    const type = (header >> 1) & 0x03
    const blockSize = header >> 3
    if (type > BLOCK.compressed || blockSize > MAX_BLOCK_SIZE)
      throw new MalformedError(`a zstd block of type ${type} and ${blockSize} bytes`)
    const length = type === BLOCK.rle ? 1 : blockSize
    need(data, at + 3, length)
    at += 3 + length
    if (type === BLOCK.compressed) compressed += 1
    else minSize += blockSize
  }
  return { end: at, minSize, maxSize: minSize + compressed * MAX_BLOCK_SIZE, compressed }
}

/** The data, once it is sure that `length` bytes stand at `at`. */
function need(data: Buffer, at: number, length: number): Buffer {
  if (length > data.length - at) throw new MalformedError('a zstd frame is cut off')
  return data
}
