import { MalformedError } from '../../errors.ts'
import { checkPieces, growsBeyond } from './limits.ts'
import { lazily } from './native.ts'

interface Lz4 {
  compressFrame(data: Buffer): Promise<Buffer>
  compressFrameSync(data: Buffer): Buffer
  decompressFrame(data: Buffer): Promise<Buffer>
  decompressFrameSync(data: Buffer): Buffer
}

const lz4 = lazily<Lz4>('lz4-napi', 'lz4 compression')

const MAGIC = 0x184d2204
const VERSION = 0x40
const BLOCK_CHECKSUMS = 0x10
const CONTENT_SIZE = 0x08
const DICTIONARY = 0x01
/** Set in a block's size when the block is stored as it is. */
const STORED = 0x80000000

/** Compresses into one frame of independent blocks, the only kind that Java's clients read (Lz4BlockInputStream). */
export function compressLz4(data: Buffer): Buffer {
  return lz4().compressFrameSync(data)
}

/** As `compressLz4`, in another thread. */
export function compressLz4Aside(data: Buffer): Promise<Buffer> {
  return lz4().compressFrame(data)
}

/** What a block holds at least, on the average, once there are many: 64 KiB of one byte make 0.3 kB. */
const BLOCK_BYTES = 64

/** Decompresses one frame, refusing before any room is made what would grow beyond `maxBytes`. */
export function decompressLz4(data: Buffer, maxBytes: number): Buffer {
  checkSize(data, maxBytes)
  return lz4().decompressFrameSync(data)
}

/** The same in another thread. */
export function decompressLz4Aside(data: Buffer, maxBytes: number): Promise<Buffer> {
  checkSize(data, maxBytes)
  return lz4().decompressFrame(data)
}

function checkSize(data: Buffer, maxBytes: number): void {
  const maxBlockSize = checkedBlockSize(data)
  // Full blocks are the rule, so their number tells nearly enough; only a frame near the limit is worth an exact look.
  if (isBeyond(maxBytes, data, () => maxBlockSize) && isBeyond(maxBytes, data, sizeOfBlock))
    throw growsBeyond('lz4', maxBytes)
}

/** Walks the blocks of a frame without decompressing them, summing up their decompressed sizes. */
function isBeyond(
  maxBytes: number,
  data: Buffer,
  sizeOf: (data: Buffer, start: number, end: number) => number,
): boolean {
  const flags = data[4]!
  const checksumBytes = (flags & BLOCK_CHECKSUMS) === 0 ? 0 : 4
  let size = 0
  let blocks = 0
  let at = 7 + ((flags & CONTENT_SIZE) === 0 ? 0 : 8)
  for (let block = blockAt(data, at); block !== 0; block = blockAt(data, at)) {
    const start = at + 4
    const end = start + (block >= STORED ? block - STORED : block)
    if (end > data.length)
      throw new MalformedError(`an lz4 block of ${end - start} bytes, ${data.length - start} are left`)
    size += block >= STORED ? end - start : sizeOf(data, start, end)
    if (size > maxBytes) return true
    checkPieces((blocks += 1), data.length, BLOCK_BYTES, 'lz4 blocks')
    at = end + checksumBytes
  }
  return false
}

/**
 * The largest size of a block after decompression: 64 KiB, 256 KiB, 1 MiB or 4 MiB. Throws MalformedError for a frame
 * that no client writes.
 */
function checkedBlockSize(data: Buffer): number {
  if (data.length < 7 || data.readUInt32LE(0) !== MAGIC) throw new MalformedError('not an lz4 frame')
  const flags = data[4]!
  if ((flags & 0xc0) !== VERSION || (flags & DICTIONARY) !== 0)
    throw new MalformedError(`an lz4 frame with flags ${flags}`)
  const id = (data[5]! >> 4) & 0x07
  if (id < 4) throw new MalformedError(`an lz4 frame with block size ${id}`)
  return 2 ** (8 + 2 * id)
}

function blockAt(data: Buffer, at: number): number {
  if (data.length - at < 4) throw new MalformedError('an lz4 frame is cut off')
  return data.readUInt32LE(at)
}

/**
 * The decompressed size of a block, summed over its sequences: a token, literals, an offset of two bytes, a match of
 * four and more.
 */
function sizeOfBlock(data: Buffer, start: number, end: number): number {
  let size = 0
  let at = start
  while (at < end) {
    const token = data[at++]!
    let literals = token >> 4
    if (literals === 15) {
      let byte = 255
      while (byte === 255 && at < end) literals += byte = data[at++]!
    }
    at += literals
    size += literals
    if (at >= end) break
    at += 2
    let match = token & 0x0f
    if (match === 15) {
      let byte = 255
      while (byte === 255 && at < end) match += byte = data[at++]!
    }
    size += match + 4
  }
  return size
}
