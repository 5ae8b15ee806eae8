import { MalformedError } from '../../errors.ts'
import { checkPieces, growsBeyond } from './limits.ts'
import { lazily } from './native.ts'

interface Snappy {
  compressSync(data: Buffer): Buffer
  uncompressSync(data: Buffer, options: { asBuffer: true }): Buffer
}

const snappy = lazily<Snappy>('snappy', 'snappy compression')

/** The stream header of snappy-java: magic, version 1, compatible since version 1. */
const XERIAL_HEADER = Buffer.from('82534e41505059000000000100000001', 'hex')
const XERIAL_MAGIC = XERIAL_HEADER.subarray(0, 8)
const XERIAL_BLOCK_SIZE = 32 * 1024

/** No snappy element makes more than 64 bytes out of two. */
const MAX_GROWTH = 32

/** Compresses into snappy-java's ("xerial") framing, which all Kafka clients read. */
export function compressSnappy(data: Buffer): Buffer {
  const chunks: Buffer[] = [XERIAL_HEADER]
  for (let at = 0; at < data.length; at += XERIAL_BLOCK_SIZE) {
    const block = snappy().compressSync(data.subarray(at, at + XERIAL_BLOCK_SIZE))
    const length = Buffer.allocUnsafe(4)
    length.writeInt32BE(block.length)
    chunks.push(length, block)
  }
  return Buffer.concat(chunks)
}

/** What a block holds at least, on the average, once there are many: 32 KiB of one byte make 1.5 kB. */
const BLOCK_BYTES = 32

/** Decompresses xerial framing and raw snappy (librdkafka's), refusing what says that it grows beyond `maxBytes`. */
export function decompressSnappy(data: Buffer, maxBytes: number): Buffer {
  const parts = [...blocksOf(data, maxBytes)]
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts)
}

/** The same, awaiting `pause` after each block. */
export async function decompressSnappyAside(
  data: Buffer,
  maxBytes: number,
  pause: () => Promise<void> | undefined,
): Promise<Buffer> {
  const parts: Buffer[] = []
  for (const part of blocksOf(data, maxBytes)) {
    parts.push(part)
    await pause()
  }
  return Buffer.concat(parts)
}

function* blocksOf(data: Buffer, maxBytes: number): Generator<Buffer> {
  if (!data.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) {
    yield decompressBlock(data, maxBytes)
    return
  }
  if (data.length < XERIAL_HEADER.length) throw new MalformedError('a snappy stream ends in its header')
  let room = maxBytes
  let count = 0
  for (let at = XERIAL_HEADER.length; at < data.length; ) {
    const length = data.length - at < 4 ? -1 : data.readInt32BE(at)
    if (length < 0 || length > data.length - at - 4)
      throw new MalformedError(`a snappy block of ${length} bytes, ${data.length - at} are left`)
    checkPieces((count += 1), data.length, BLOCK_BYTES, 'snappy blocks')
    const block = decompressBlock(data.subarray(at + 4, at + 4 + length), room)
    if (block.length > 0) yield block
    room -= block.length
    at += 4 + length
  }
}

function decompressBlock(block: Buffer, maxBytes: number): Buffer {
  const length = declaredLength(block)
  if (length > maxBytes) throw growsBeyond('snappy', maxBytes)
  if (length > block.length * MAX_GROWTH)
    throw new MalformedError(`snappy data of ${block.length} bytes cannot grow to ${length}`)
  return snappy().uncompressSync(block, { asBuffer: true })
}

/** The length of the data, a varint in front of it; room is made by it, so it is looked at first. */
function declaredLength(block: Buffer): number {
  let length = 0
  for (let at = 0; at < 5; at += 1) {
    const byte = block[at]
    if (byte === undefined) break
    length += (byte & 0x7f) * 2 ** (7 * at)
    if (byte < 0x80) return length
  }
  throw new MalformedError('snappy data has no length')
}
