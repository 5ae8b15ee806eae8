import { MalformedError } from '../../errors.ts'

/** A frame of zstd data (RFC 8878). */
export interface ZstdFrame {
  readonly start: number
  readonly end: number
  /** The most bytes that its blocks can decompress to. */
  readonly maxSize: number
  /** What the frame says of its size; not every one does, and nothing makes it true. */
  readonly contentSize: number | undefined
  /** How far back its blocks may refer, in bytes. */
  readonly windowSize: number
  /** Skippable frames hold somebody's notes, no data. */
  readonly isSkippable: boolean
}

const FRAME_MAGIC = 0xfd2fb528
const SKIPPABLE_MAGIC = 0x184d2a50
const MAX_BLOCK_SIZE = 128 * 1024
const RLE = 1
const COMPRESSED = 2

/** The frames of the data, found without decompressing them. Throws MalformedError for what is no whole frame. */
export function* framesOf(data: Buffer): Generator<ZstdFrame> {
  if (data.length === 0) throw new MalformedError('no zstd frame')
  for (let at = 0; at < data.length; ) {
    const frame = isSkippable(data, at) ? skippableFrame(data, at) : dataFrame(data, at)
    yield frame
    at = frame.end
  }
}

function isSkippable(data: Buffer, at: number): boolean {
  return need(data, at, 4).readUInt32LE(at) >>> 4 === SKIPPABLE_MAGIC >>> 4
}

function skippableFrame(data: Buffer, start: number): ZstdFrame {
  const end = start + 8 + need(data, start, 8).readUInt32LE(start + 4)
  need(data, start, end - start)
  return { start, end, maxSize: 0, contentSize: 0, windowSize: 0, isSkippable: true }
}

function dataFrame(data: Buffer, start: number): ZstdFrame {
  if (need(data, start, 5).readUInt32LE(start) !== FRAME_MAGIC) throw new MalformedError('not a zstd frame')
  const descriptor = data[start + 4]!
  const isSingleSegment = (descriptor & 0x20) !== 0
  const windowBytes = isSingleSegment ? 0 : 1
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 0x03]!
  const contentSizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6]!
  const contentSizeAt = start + 5 + windowBytes + dictionaryBytes
  const blocks = walkBlocks(data, contentSizeAt + contentSizeBytes)
  const checksumBytes = (descriptor & 0x04) === 0 ? 0 : 4
  need(data, blocks.end, checksumBytes)
  const contentSize = readContentSize(data, contentSizeAt, contentSizeBytes)
  return {
    start, end: blocks.end + checksumBytes, maxSize: blocks.maxSize, contentSize,
    windowSize: isSingleSegment ? contentSize! : windowSizeOf(data[start + 5]!), isSkippable: false,
  }
}

/** Little-endian; of two bytes 256 is taken off, since one byte holds what is smaller. */
function readContentSize(data: Buffer, at: number, bytes: number): number | undefined {
  switch (bytes) {
    case 0: return undefined
    case 1: return data[at]!
    case 2: return data.readUInt16LE(at) + 256
    case 4: return data.readUInt32LE(at)
    default: return Number(data.readBigUInt64LE(at))
  }
}

/** An exponent in the upper five bits, eighths of that power of two in the lower three. */
function windowSizeOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3))
  return base + (base / 8) * (descriptor & 0x07)
}

function walkBlocks(data: Buffer, start: number): { end: number; maxSize: number } {
  let at = start
  let maxSize = 0
  for (let isLast = false; !isLast; ) {
    const header = need(data, at, 3).readUIntLE(at, 3)
    isLast = (header & 1) === 1
    const type = (header >> 1) & 0x03
    const blockSize = header >> 3
    if (type > COMPRESSED || blockSize > MAX_BLOCK_SIZE) throw new MalformedError(`a zstd block of type ${type} and ${blockSize} bytes`)
    const length = type === RLE ? 1 : blockSize
    need(data, at + 3, length)
    at += 3 + length
    maxSize += type === COMPRESSED ? MAX_BLOCK_SIZE : blockSize
  }
  return { end: at, maxSize }
}

/** The data, once it is sure that `length` bytes stand at `at`. */
function need(data: Buffer, at: number, length: number): Buffer {
  if (length > data.length - at) throw new MalformedError('a zstd frame is cut off')
  return data
}
