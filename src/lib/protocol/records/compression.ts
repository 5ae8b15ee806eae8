import { promisify } from 'node:util'
import { gunzip, gunzipSync, gzip, gzipSync } from 'node:zlib'
import { MalformedError, EnvironmentError } from '../../errors.ts'
import { growsBeyond } from './limits.ts'
import { compressLz4, compressLz4Aside, decompressLz4, decompressLz4Aside } from './lz4.ts'
import { compressSnappy, decompressSnappy, decompressSnappyAside } from './snappy.ts'
import { compressZstd, compressZstdAside, decompressZstd, decompressZstdAside } from './zstd/index.ts'

/** The compression codecs of record batches and their ids in the attributes (CompressionType). */
export const CODECS = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 } as const

export type CodecName = keyof typeof CODECS

/** Decompressed sizes beyond this are refused by default: a hundred times Kafka's default `message.max.bytes`. */
export const MAX_DECOMPRESSED_BYTES = 100 * 1024 * 1024

const GZIP_CHUNK_SIZE = 128 * 1024
/** Less than this is compressed sooner than another thread hears of it. */
const WORTH_A_THREAD = 32 * 1024

/** The name of a codec; undefined for an id that Kafka does not know. */
export function codecName(id: number): CodecName | undefined {
  return NAMES[id]
}

const NAMES = Object.keys(CODECS) as CodecName[]

/**
 * Compresses the records of a batch as Kafka's clients do. `level` counts for gzip (-1 to 9) and zstd (-7 to 22);
 * snappy has none, and the lz4 module has only the fast one. Throws EnvironmentError when the codec's module cannot be
 * loaded.
 */
export function compress(codec: number, data: Buffer, level?: number): Buffer {
  switch (codec) {
    case CODECS.none:
      return data
    case CODECS.gzip:
      return gzipSync(data, level === undefined ? {} : { level })
    case CODECS.snappy:
      return compressSnappy(data)
    case CODECS.lz4:
      return compressLz4(data)
    case CODECS.zstd:
      return compressZstd(data, level)
    default:
      throw new RangeError(`no compression codec has the id ${codec}`)
  }
}

/**
 * As `compress`, beside this thread where the codec can and there is enough to do. `data` is being read until the
 * promise settles.
 */
export async function compressAside(codec: number, data: Buffer, level?: number): Promise<Buffer> {
  if (data.length < WORTH_A_THREAD) return compress(codec, data, level)
  switch (codec) {
    case CODECS.gzip:
      return gzipAside(data, level === undefined ? {} : { level })
    case CODECS.lz4:
      return compressLz4Aside(data)
    case CODECS.zstd:
      return compressZstdAside(data, level)
    default:
      return compress(codec, data, level)
  }
}

const gzipAside = promisify<Buffer, { level?: number }, Buffer>(gzip)

/**
 * Undoes `compress`, whoever compressed. Throws OversizeError for data that would grow beyond `maxBytes`,
 * MalformedError for damaged data and an unknown codec; EnvironmentError when the codec's module cannot be loaded.
 */
export function decompress(codec: number, data: Buffer, maxBytes = MAX_DECOMPRESSED_BYTES): Buffer {
  const name = nameOf(codec)
  try {
    return withinLimit(name, decompressAs(name, data, maxBytes), maxBytes)
  } catch (error) {
    throw asMalformed(name, error, maxBytes)
  }
}

/**
 * As `decompress`, for data that may be large: beside this thread where the codec can, and else in pieces. `pause` is
 * called after each piece, and awaited where it returns a promise. `data` is being read until the promise settles.
 */
export async function decompressAside(
  codec: number,
  data: Buffer,
  maxBytes: number,
  pause: () => Promise<void> | undefined,
): Promise<Buffer> {
  const name = nameOf(codec)
  try {
    return withinLimit(name, await decompressAsideAs(name, data, maxBytes, pause), maxBytes)
  } catch (error) {
    throw asMalformed(name, error, maxBytes)
  }
}

function nameOf(codec: number): CodecName {
  const name = codecName(codec)
  if (name === undefined) throw new MalformedError(`no compression codec has the id ${codec}`)
  return name
}

function decompressAs(name: CodecName, data: Buffer, maxBytes: number): Buffer {
  switch (name) {
    case 'none':
      return data
    case 'gzip':
      return gunzipSync(data, gunzipOptions(maxBytes))
    case 'snappy':
      return decompressSnappy(data, maxBytes)
    case 'lz4':
      return decompressLz4(data, maxBytes)
    case 'zstd':
      return decompressZstd(data, maxBytes)
  }
}

function decompressAsideAs(
  name: CodecName,
  data: Buffer,
  maxBytes: number,
  pause: () => Promise<void> | undefined,
): Buffer | Promise<Buffer> {
  switch (name) {
    case 'none':
      return data
    case 'gzip':
      return gunzipAside(data, gunzipOptions(maxBytes))
    case 'snappy':
      return decompressSnappyAside(data, maxBytes, pause)
    case 'lz4':
      return decompressLz4Aside(data, maxBytes)
    case 'zstd':
      return decompressZstdAside(data, maxBytes, pause)
  }
}

const gunzipOptions = (maxBytes: number) => ({ maxOutputLength: Math.max(maxBytes, 1), chunkSize: GZIP_CHUNK_SIZE })
const gunzipAside = promisify<Buffer, ReturnType<typeof gunzipOptions>, Buffer>(gunzip)

function withinLimit(name: CodecName, body: Buffer, maxBytes: number): Buffer {
  if (body.length > maxBytes) throw growsBeyond(name, maxBytes)
  return body
}

/** What a decompressor throws about its data is the data's fault. */
function asMalformed(name: CodecName, error: unknown, maxBytes: number): unknown {
  if (error instanceof MalformedError || error instanceof EnvironmentError) return error
  // What node:zlib says at its maxOutputLength.
  if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return growsBeyond(name, maxBytes)
  return new MalformedError(
    `${name} data cannot be decompressed: ${error instanceof Error ? error.message : String(error)}`,
  )
}
