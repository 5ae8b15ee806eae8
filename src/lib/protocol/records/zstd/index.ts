import { promisify } from 'node:util'
import * as zlib from 'node:zlib'
import { EnvironmentError } from '../../../errors.ts'
import { lazily } from '../native.ts'
import { growsBeyond } from '../limits.ts'
import { FrameDecoder } from './decoder.ts'
import { framesOf, type ZstdFrame } from './frames.ts'

type Done = (error: Error | null, result: Buffer) => void

/** What `node:zlib` has from Node 22.15 on. */
interface ZlibZstd {
  zstdCompress?(data: Buffer, options: { params: Record<number, number> }, done: Done): void
  zstdCompressSync?(data: Buffer, options: { params: Record<number, number> }): Buffer
  zstdDecompress?(data: Buffer, options: { maxOutputLength: number }, done: Done): void
  zstdDecompressSync?(data: Buffer, options: { maxOutputLength: number }): Buffer
}

interface ZstdWasm {
  init(): Promise<void>
  compress(data: Buffer, level: number): Uint8Array
}

const builtIn = zlib as ZlibZstd
const compressor = lazily<ZstdWasm>('@bokuweb/zstd-wasm', 'zstd compression')
let isPrepared = builtIn.zstdCompressSync !== undefined
let preparing: Promise<void> | undefined
let problem: EnvironmentError | undefined

/**
 * Loads what `compressZstd` needs below Node 22.15, where it is WebAssembly; needed once, however many ask for it.
 * Rejects with EnvironmentError when it cannot be loaded.
 */
export async function prepareZstd(): Promise<void> {
  if (isPrepared) return
  await (preparing ??= load())
}

async function load(): Promise<void> {
  try {
    await compressor().init()
    isPrepared = true
  } catch (error) {
    problem =
      error instanceof EnvironmentError
        ? error
        : new EnvironmentError(
            `zstd compression cannot be loaded here (${(error as Error).message}); reinstall kts with its dependencies`,
          )
    throw problem
  }
}

/** ZSTD_c_compressionLevel. */
const COMPRESSION_LEVEL = 100
const DEFAULT_LEVEL = 3

/** Throws when `prepareZstd` has not been awaited; EnvironmentError when that was in vain. */
export function compressZstd(data: Buffer, level = DEFAULT_LEVEL): Buffer {
  if (builtIn.zstdCompressSync) return builtIn.zstdCompressSync(data, { params: { [COMPRESSION_LEVEL]: level } })
  if (!isPrepared) throw problem ?? new Error('zstd compression is used before prepareCompression()')
  return bufferOf(compressor().compress(data, level))
}

/** As `compressZstd`, in another thread where Node has zstd of its own. */
export async function compressZstdAside(data: Buffer, level = DEFAULT_LEVEL): Promise<Buffer> {
  if (!builtIn.zstdCompress) return compressZstd(data, level)
  return promisify(builtIn.zstdCompress)(data, { params: { [COMPRESSION_LEVEL]: level } })
}

/**
 * Decompresses all frames of the data, refusing what grows beyond `maxBytes`. Below Node 22.15 it is done here, in
 * JavaScript: there is no module for it whose time and memory depend on what comes out rather than on what a frame
 * claims.
 */
export function decompressZstd(data: Buffer, maxBytes: number): Buffer {
  const parts = new Parts(maxBytes)
  for (const frame of framesOf(data)) {
    if (builtIn.zstdDecompressSync)
      parts.add(builtIn.zstdDecompressSync(cut(data, frame, parts.room), limited(parts.room)))
    else {
      const decoder = new FrameDecoder(data, frame, parts.room)
      while (decoder.next()) continue
      parts.add(decoder.result())
    }
  }
  return parts.joined()
}

/** The same beside this thread where Node can, and else block by block, awaiting `pause` after each. */
export async function decompressZstdAside(
  data: Buffer,
  maxBytes: number,
  pause: () => Promise<void> | undefined,
): Promise<Buffer> {
  const parts = new Parts(maxBytes)
  for (const frame of framesOf(data)) {
    if (builtIn.zstdDecompress)
      parts.add(await promisify(builtIn.zstdDecompress)(cut(data, frame, parts.room), limited(parts.room)))
    else {
      const decoder = new FrameDecoder(data, frame, parts.room)
      while (decoder.next()) await pause()
      parts.add(decoder.result())
    }
  }
  return parts.joined()
}

/** The built-in decompressor stops at a limit, but also at the end of the first frame. */
function cut(data: Buffer, { start, end, contentSize, minSize }: ZstdFrame, room: number): Buffer {
  if (Math.max(contentSize ?? 0, minSize) > room) throw growsBeyond('zstd', room)
  return data.subarray(start, end)
}

const limited = (room: number): { maxOutputLength: number } => ({ maxOutputLength: Math.max(room, 1) })

/** What the frames have come to. */
class Parts {
  private readonly parts: Buffer[] = []
  constructor(public room: number) {}

  add(part: Buffer): void {
    this.room -= part.length
    if (part.length > 0) this.parts.push(part)
  }

  joined(): Buffer {
    return this.parts.length === 1 ? this.parts[0]! : Buffer.concat(this.parts)
  }
}

const bufferOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer => Buffer.from(buffer, byteOffset, byteLength)
