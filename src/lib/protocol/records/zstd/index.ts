import { promisify } from 'node:util'
import * as zlib from 'node:zlib'
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

interface NodeZstd {
  readonly Encoder: new (
    level: number,
  ) => {
    encode(data: Buffer): Promise<Buffer>
    encodeSync(data: Buffer): Buffer
  }
}

const builtIn = zlib as ZlibZstd
const native = lazily<NodeZstd>('@toondepauw/node-zstd', 'zstd compression')

/** ZSTD_c_compressionLevel. */
const COMPRESSION_LEVEL = 100
const DEFAULT_LEVEL = 3

/** Below Node 22.15 by a native module. Throws EnvironmentError when that cannot be loaded. */
export function compressZstd(data: Buffer, level = DEFAULT_LEVEL): Buffer {
  if (builtIn.zstdCompressSync) return builtIn.zstdCompressSync(data, { params: { [COMPRESSION_LEVEL]: level } })
  return new (native().Encoder)(level).encodeSync(data)
}

/** As `compressZstd`, in another thread. */
export async function compressZstdAside(data: Buffer, level = DEFAULT_LEVEL): Promise<Buffer> {
  if (!builtIn.zstdCompress) return new (native().Encoder)(level).encode(data)
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
