import * as zlib from 'node:zlib'
import { MalformedError } from '../../errors.ts'
import { lazily } from './native.ts'
import { framesOf } from './zstd-frames.ts'

/** What `node:zlib` has from Node 22.15 on. */
interface ZlibZstd {
  zstdCompressSync?(data: Buffer, options: { params: Record<number, number> }): Buffer
  zstdDecompressSync?(data: Buffer, options: { maxOutputLength: number }): Buffer
}

interface NodeZstd {
  Encoder: new (level: number) => { encodeSync(data: Buffer): Buffer }
  Decoder: new () => { decodeSync(data: Buffer): Buffer }
}

const builtIn = zlib as ZlibZstd
const addOn = lazily<NodeZstd>('@toondepauw/node-zstd', 'zstd compression')

/** ZSTD_c_compressionLevel. */
const COMPRESSION_LEVEL = 100
const DEFAULT_LEVEL = 3

export function compressZstd(data: Buffer, level = DEFAULT_LEVEL): Buffer {
  if (builtIn.zstdCompressSync) return builtIn.zstdCompressSync(data, { params: { [COMPRESSION_LEVEL]: level } })
  return new (addOn().Encoder)(level).encodeSync(data)
}

/** Decompresses all frames of the data, refusing what grows beyond `maxBytes`. */
export function decompressZstd(data: Buffer, maxBytes: number): Buffer {
  return builtIn.zstdDecompressSync ? decompressBuiltIn(data, maxBytes) : decompressByAddOn(data, maxBytes)
}

/** The built-in decompressor stops at a limit, but also at the end of the first frame. */
function decompressBuiltIn(data: Buffer, maxBytes: number): Buffer {
  const parts: Buffer[] = []
  let room = maxBytes
  for (const { start, end, isSkippable } of framesOf(data)) {
    if (isSkippable) continue
    const part = builtIn.zstdDecompressSync!(data.subarray(start, end), { maxOutputLength: Math.max(room, 1) })
    room -= part.length
    if (part.length > 0) parts.push(part)
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts)
}

/**
 * The add-on reads all frames, but knows no limit: what the blocks could make at most is looked at first, generously, since
 * blocks are often smaller than they may be.
 */
function decompressByAddOn(data: Buffer, maxBytes: number): Buffer {
  let mostBytes = 0
  for (const frame of framesOf(data)) mostBytes += frame.maxSize
  if (mostBytes > Math.max(maxBytes, MAX_ESTIMATE)) throw new MalformedError(`zstd data could grow to ${mostBytes} bytes`)
  return new (addOn().Decoder)().decodeSync(data)
}

const MAX_ESTIMATE = 100 * 1024 * 1024
