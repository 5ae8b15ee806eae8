import { promisify } from 'node:util'
import { gunzipSync, gzip, gzipSync } from 'node:zlib'
import { MalformedError, EnvironmentError } from '../../errors.ts'
import { compressLz4, compressLz4Aside, decompressLz4 } from './lz4.ts'
import { compressSnappy, decompressSnappy } from './snappy.ts'
import { compressZstd, compressZstdAside, decompressZstd, prepareZstd } from './zstd.ts'

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

/** To be awaited once before `compress` is used with a codec; EnvironmentError when what it needs cannot be loaded. */
export async function prepareCompression(codec: number): Promise<void> {
  if (codec === CODECS.zstd) await prepareZstd()
}

/**
 * Compresses the records of a batch as Kafka's clients do. `level` counts for gzip (-1 to 9) and zstd (-7 to 22); snappy has
 * none, and the lz4 module has only the fast one. Throws EnvironmentError when the codec's module cannot be loaded.
 */
export function compress(codec: number, data: Buffer, level?: number): Buffer {
  switch (codec) {
    case CODECS.none: return data
    case CODECS.gzip: return gzipSync(data, level === undefined ? {} : { level })
    case CODECS.snappy: return compressSnappy(data)
    case CODECS.lz4: return compressLz4(data)
    case CODECS.zstd: return compressZstd(data, level)
    default: throw new RangeError(`no compression codec has the id ${codec}`)
  }
}

/** As `compress`, beside this thread where the codec can and there is enough to do. `data` is being read until the promise settles. */
export async function compressAside(codec: number, data: Buffer, level?: number): Promise<Buffer> {
  if (data.length < WORTH_A_THREAD) return compress(codec, data, level)
  switch (codec) {
    case CODECS.gzip: return gzipAside(data, level === undefined ? {} : { level })
    case CODECS.lz4: return compressLz4Aside(data)
    case CODECS.zstd: return compressZstdAside(data, level)
    default: return compress(codec, data, level)
  }
}

const gzipAside = promisify<Buffer, { level?: number }, Buffer>(gzip)

/**
 * Undoes `compress`, whoever compressed. Throws MalformedError for damaged data, an unknown codec, and data that would grow
 * beyond `maxBytes`; EnvironmentError when the codec's module cannot be loaded.
 */
export function decompress(codec: number, data: Buffer, maxBytes = MAX_DECOMPRESSED_BYTES): Buffer {
  const name = codecName(codec)
  if (name === undefined) throw new MalformedError(`no compression codec has the id ${codec}`)
  const body = guarded(name, () => decompressAs(name, data, maxBytes))
  if (body.length > maxBytes) throw new MalformedError(`${name} data grows beyond ${maxBytes} bytes`)
  return body
}

function decompressAs(name: CodecName, data: Buffer, maxBytes: number): Buffer {
  switch (name) {
    case 'none': return data
    case 'gzip': return gunzipSync(data, { maxOutputLength: Math.max(maxBytes, 1), chunkSize: GZIP_CHUNK_SIZE })
    case 'snappy': return decompressSnappy(data, maxBytes)
    case 'lz4': return decompressLz4(data, maxBytes)
    case 'zstd': return decompressZstd(data, maxBytes)
  }
}

/** What a decompressor throws about its data is the data's fault. */
function guarded(name: CodecName, work: () => Buffer): Buffer {
  try {
    return work()
  } catch (error) {
    if (error instanceof MalformedError || error instanceof EnvironmentError) throw error
    throw new MalformedError(`${name} data cannot be decompressed: ${error instanceof Error ? error.message : String(error)}`)
  }
}
