import { promisify } from 'node:util'
import * as zlib from 'node:zlib'
import { MalformedError } from '../../errors.ts'
import { lazily } from './native.ts'
import { framesOf, type ZstdFrame } from './zstd-frames.ts'

/** What `node:zlib` has from Node 22.15 on. */
interface ZlibZstd {
  zstdCompress?(data: Buffer, options: { params: Record<number, number> }, done: (error: Error | null, compressed: Buffer) => void): void
  zstdCompressSync?(data: Buffer, options: { params: Record<number, number> }): Buffer
  zstdDecompressSync?(data: Buffer, options: { maxOutputLength: number }): Buffer
}

interface ZstdWasm {
  init(): Promise<void>
  compress(data: Buffer, level: number): Uint8Array
}

interface Fzstd {
  decompress(frame: Buffer): Uint8Array
}

const builtIn = zlib as ZlibZstd
const compressor = lazily<ZstdWasm>('@bokuweb/zstd-wasm', 'zstd compression')
const decompressor = lazily<Fzstd>('fzstd', 'zstd decompression')
let isPrepared = builtIn.zstdCompressSync !== undefined
let preparing: Promise<void> | undefined

/** Loads what `compressZstd` needs below Node 22.15, where it is WebAssembly; needed once, however many ask for it. */
export async function prepareZstd(): Promise<void> {
  if (isPrepared) return
  await (preparing ??= compressor().init())
  isPrepared = true
}

/** ZSTD_c_compressionLevel. */
const COMPRESSION_LEVEL = 100
const DEFAULT_LEVEL = 3

/** Throws when `prepareZstd` has not been awaited. */
export function compressZstd(data: Buffer, level = DEFAULT_LEVEL): Buffer {
  if (builtIn.zstdCompressSync) return builtIn.zstdCompressSync(data, { params: { [COMPRESSION_LEVEL]: level } })
  if (!isPrepared) throw new Error('zstd compression is used before prepareCompression()')
  return bufferOf(compressor().compress(data, level))
}

/** As `compressZstd`, in another thread where Node has zstd of its own. */
export async function compressZstdAside(data: Buffer, level = DEFAULT_LEVEL): Promise<Buffer> {
  if (!builtIn.zstdCompress) return compressZstd(data, level)
  return promisify(builtIn.zstdCompress)(data, { params: { [COMPRESSION_LEVEL]: level } })
}

/** Decompresses all frames of the data, refusing what grows beyond `maxBytes`. */
export function decompressZstd(data: Buffer, maxBytes: number): Buffer {
  const decompressFrame = builtIn.zstdDecompressSync ? byBuiltIn : byModule
  const parts: Buffer[] = []
  let room = maxBytes
  for (const frame of framesOf(data)) {
    if (frame.isSkippable) continue
    const part = decompressFrame(data.subarray(frame.start, frame.end), frame, room)
    room -= part.length
    if (part.length > 0) parts.push(part)
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts)
}

/** The built-in decompressor stops at a limit, but also at the end of the first frame. */
function byBuiltIn(data: Buffer, _: ZstdFrame, room: number): Buffer {
  return builtIn.zstdDecompressSync!(data, { maxOutputLength: Math.max(room, 1) })
}

/** The module makes room for what a frame states about itself, so that is looked at first. */
function byModule(data: Buffer, { maxSize, contentSize, windowSize }: ZstdFrame, room: number): Buffer {
  const size = contentSize ?? maxSize
  // Blocks are often smaller than they may be: without a stated size the limit is generous.
  const limit = contentSize === undefined ? Math.max(room, MAX_ESTIMATE) : Math.min(room, maxSize)
  if (size > limit) throw new MalformedError(`zstd data could grow to ${size} bytes`)
  if (contentSize === undefined && windowSize > MAX_WINDOW_SIZE) throw new MalformedError(`zstd data asks for a window of ${windowSize} bytes`)
  return bufferOf(decompressor().decompress(data))
}

const MAX_ESTIMATE = 100 * 1024 * 1024
/** ZSTD_WINDOWLOG_LIMIT_DEFAULT: what the reference implementation goes up to. */
const MAX_WINDOW_SIZE = 2 ** 27

const bufferOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer => Buffer.from(buffer, byteOffset, byteLength)
