import {
  AT,
  ATTRIBUTES,
  BATCH_OVERHEAD,
  LOG_OVERHEAD,
  MAGIC_V2,
  NO_PRODUCER_EPOCH,
  NO_PRODUCER_ID,
  NO_SEQUENCE,
} from './batch.ts'
import { CODECS, compress, compressAside } from './compression.ts'
import { crc32c } from './crc32c.ts'
import { encodeHeaders, type HeaderInput } from './headers.ts'
import { MAX_EXACT_VARLONG, varintSize, varlongSize, writeVarint, writeVarlong } from './varint.ts'

/** What the header of a batch says beyond its records; defaults are those of a plain producer. */
export interface BatchOptions {
  /** One of CODECS, none by default. */
  readonly codec?: number
  /** Compression level of the codec; its default when left out. */
  readonly level?: number
  readonly producerId?: bigint
  readonly producerEpoch?: number
  readonly baseSequence?: number
  readonly isTransactional?: boolean
  readonly isControl?: boolean
  readonly baseOffset?: bigint
  readonly partitionLeaderEpoch?: number
}

/** A record to be written; the timestamp is in milliseconds. */
export interface RecordInput {
  readonly timestamp: bigint
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers?: readonly HeaderInput[]
}

/**
 * Values that lie one behind the other in `source`: of each, from `first` to before `end`, `bounds` has the start and
 * the end. Between two of them there are at most seven bytes: a record has no fewer beside its value.
 */
export interface ValueRun {
  source: Buffer
  readonly bounds: Int32Array
  first: number
  end: number
}

/** The varint of -1. */
const NULL_LENGTH = 1
const NO_PARTITION_LEADER_EPOCH = -1
const NO_HEADERS_SIZE = 1

/** Builds one batch at a time in memory of its own: records are written where they will be sent from. */
export class BatchBuilder {
  private readonly buffer: Buffer
  private at = BATCH_OVERHEAD
  private records = 0
  private baseTimestamp: number | bigint = 0
  private maxTimestamp: number | bigint = 0

  /** `capacityBytes` is the largest size of a batch before compression, its header of 61 bytes included. */
  constructor(capacityBytes: number) {
    this.buffer = Buffer.allocUnsafeSlow(Math.max(capacityBytes, BATCH_OVERHEAD))
  }

  get count(): number {
    return this.records
  }

  /** Size of the batch so far in bytes, header included, before compression. */
  get sizeInBytes(): number {
    return this.at
  }

  /**
   * Adds a record whose key is `key[keyStart, keyEnd)` and whose value is `value[valueStart, valueEnd)`, null for null.
   * `headers` comes from `encodeHeaders`, or is null for none. A timestamp is a bigint where a number does not hold it.
   * Returns false, and writes nothing, when there is no room, or the first timestamp is too far off from this one.
   */
  append(
    timestampMs: number | bigint,
    key: Buffer | null,
    keyStart: number,
    keyEnd: number,
    value: Buffer | null,
    valueStart: number,
    valueEnd: number,
    headers: Buffer | null,
  ): boolean {
    if (this.records === 0) this.baseTimestamp = this.maxTimestamp = timestampMs
    const timestampDelta = difference(timestampMs, this.baseTimestamp)
    if (Math.abs(timestampDelta) >= MAX_EXACT_VARLONG) return false
    const keyLength = key === null ? -1 : keyEnd - keyStart
    const valueLength = value === null ? -1 : valueEnd - valueStart
    const size = bodySize(this.records, timestampDelta, keyLength, valueLength, headers === null ? 0 : headers.length)
    const { buffer } = this
    if (this.at + varintSize(size) + size > buffer.length) return false
    let at = writeVarint(buffer, this.at, size)
    buffer[at++] = 0
    at = writeVarlong(buffer, at, timestampDelta)
    at = writeVarint(buffer, at, this.records)
    at = writeVarint(buffer, at, keyLength)
    if (key !== null) at += key.copy(buffer, at, keyStart, keyEnd)
    at = writeVarint(buffer, at, valueLength)
    if (value !== null) at += value.copy(buffer, at, valueStart, valueEnd)
    if (headers === null) buffer[at++] = 0
    else at += headers.copy(buffer, at)
    this.at = at
    this.records += 1
    if (timestampMs > this.maxTimestamp) this.maxTimestamp = timestampMs
    return true
  }

  /**
   * Adds records without key and headers, `most` of a run at the most, and of at most `maxBytes` together, as far as
   * there is room. Returns how many. The bytes are those of `append`, at a fraction of its time: to copy out of another
   * buffer takes two objects and 80 ns a value, and to move within one takes 30 ns.
   */
  appendRun(timestampMs: number | bigint, run: ValueRun, most: number, maxBytes: number): number {
    if (this.records === 0) this.baseTimestamp = this.maxTimestamp = timestampMs
    const timestampDelta = difference(timestampMs, this.baseTimestamp)
    if (Math.abs(timestampDelta) >= MAX_EXACT_VARLONG) return 0
    const count = this.fitting(timestampDelta, run, most, maxBytes)
    if (count === 0) return 0
    const { buffer } = this
    const { source, bounds, first } = run
    const start = bounds[2 * first]!
    const end = bounds[2 * (first + count) - 1]!
    // All values go to the end of the memory, and from there each to its place. None is written over before it has
    // moved: with everything that belongs to it, it takes more than there was from it to the next.
    const moved = buffer.length - end
    source.copy(buffer, start + moved, start, end)
    this.writeRun(timestampDelta, run, count, moved)
    if (timestampMs > this.maxTimestamp) this.maxTimestamp = timestampMs
    return count
  }

  private fitting(timestampDelta: number, { bounds, first, end }: ValueRun, most: number, maxBytes: number): number {
    let room = Math.min(this.buffer.length - this.at, maxBytes)
    let count = 0
    for (; count < most && first + count < end; count += 1) {
      const valueLength = bounds[2 * (first + count) + 1]! - bounds[2 * (first + count)]!
      room -= recordSize(this.records + count, timestampDelta, -1, valueLength, 0)
      if (room < 0) break
    }
    return count
  }

  /** Writes the next records, whose values lie further on in the same memory: `moved` bytes after their bounds. */
  private writeRun(timestampDelta: number, { bounds, first }: ValueRun, count: number, moved: number): void {
    const { buffer, records } = this
    const besideLengths = bodySize(0, timestampDelta, -1, 0, 0) - 2 * varintSize(0)
    let { at } = this
    for (let index = 0; index < count; index += 1) {
      const valueStart = bounds[2 * (first + index)]! + moved
      const valueEnd = bounds[2 * (first + index) + 1]! + moved
      const valueLength = valueEnd - valueStart
      const offsetDelta = records + index
      at = writeVarint(buffer, at, besideLengths + varintSize(offsetDelta) + varintSize(valueLength) + valueLength)
      buffer[at++] = 0
      at = writeVarlong(buffer, at, timestampDelta)
      at = writeVarint(buffer, at, offsetDelta)
      buffer[at++] = NULL_LENGTH
      at = writeVarint(buffer, at, valueLength)
      buffer.copyWithin(at, valueStart, valueEnd)
      at += valueLength
      buffer[at++] = 0
    }
    this.at = at
    this.records = records + count
  }

  /**
   * The batch, checksum and all. Without compression it is a view of the builder's memory, good until the next `append`
   * or `clear`. The builder keeps its records: `clear` it for the next batch. Throws RangeError when there is no
   * record.
   */
  finish(options: BatchOptions = {}): Buffer {
    const { codec = CODECS.none, level } = options
    if (codec === CODECS.none) return this.seal(this.buffer.subarray(0, this.at), options)
    return this.seal(withRoomForHeader(compress(codec, this.body(), level)), options)
  }

  /** As `finish` with a codec, compressed beside this thread: nothing may be added until the promise settles. */
  async finishAside(options: BatchOptions & { readonly codec: number }): Promise<Buffer> {
    return this.seal(withRoomForHeader(await compressAside(options.codec, this.body(), options.level)), options)
  }

  /** Forgets the records; the memory is used again. */
  clear(): void {
    this.at = BATCH_OVERHEAD
    this.records = 0
  }

  private body(): Buffer {
    return this.buffer.subarray(BATCH_OVERHEAD, this.at)
  }

  /** Writes the header into the room before the records. Throws RangeError when there is no record. */
  private seal(batch: Buffer, options: BatchOptions): Buffer {
    if (this.records === 0) throw new RangeError('a batch needs a record')
    this.writeHeader(batch, options)
    batch.writeUInt32BE(crc32c(batch, AT.attributes), AT.crc)
    return batch
  }

  private writeHeader(batch: Buffer, options: BatchOptions): void {
    batch.writeBigInt64BE(options.baseOffset ?? 0n, AT.baseOffset)
    batch.writeInt32BE(batch.length - LOG_OVERHEAD, AT.batchLength)
    batch.writeInt32BE(options.partitionLeaderEpoch ?? NO_PARTITION_LEADER_EPOCH, AT.partitionLeaderEpoch)
    batch.writeInt8(MAGIC_V2, AT.magic)
    batch.writeInt16BE(attributesOf(options), AT.attributes)
    batch.writeInt32BE(this.records - 1, AT.lastOffsetDelta)
    batch.writeBigInt64BE(BigInt(this.baseTimestamp), AT.baseTimestamp)
    batch.writeBigInt64BE(BigInt(this.maxTimestamp), AT.maxTimestamp)
    batch.writeBigInt64BE(options.producerId ?? NO_PRODUCER_ID, AT.producerId)
    batch.writeInt16BE(options.producerEpoch ?? NO_PRODUCER_EPOCH, AT.producerEpoch)
    batch.writeInt32BE(options.baseSequence ?? NO_SEQUENCE, AT.baseSequence)
    batch.writeInt32BE(this.records, AT.recordsCount)
  }
}

const difference = (a: number | bigint, b: number | bigint): number =>
  typeof a === 'number' && typeof b === 'number' ? a - b : Number(BigInt(a) - BigInt(b))

function withRoomForHeader(records: Buffer): Buffer {
  const batch = Buffer.allocUnsafe(BATCH_OVERHEAD + records.length)
  records.copy(batch, BATCH_OVERHEAD)
  return batch
}

function attributesOf({ codec = CODECS.none, isTransactional = false, isControl = false }: BatchOptions): number {
  return codec | (isTransactional ? ATTRIBUTES.TRANSACTIONAL : 0) | (isControl ? ATTRIBUTES.CONTROL : 0)
}

/**
 * Builds a batch from objects: the easy way, for the few records of coordinators and tests. Throws RangeError for no
 * records, or times too far apart.
 */
export function buildBatch(records: readonly RecordInput[], options: BatchOptions = {}): Buffer {
  const headers = records.map((record) => (record.headers === undefined ? null : encodeHeaders(record.headers)))
  const capacity = records.reduce(
    (sum, { key, value }, index) =>
      sum + maxRecordSize(key?.length ?? -1, value?.length ?? -1, headers[index]?.length ?? 0),
    BATCH_OVERHEAD,
  )
  const builder = new BatchBuilder(capacity)
  records.forEach(({ timestamp, key, value }, index) => {
    const isIn = builder.append(timestamp, key, 0, key?.length ?? 0, value, 0, value?.length ?? 0, headers[index]!)
    if (!isIn) throw new RangeError(`record ${index} is too far in time from the first`)
  })
  return builder.finish(options)
}

/**
 * Bytes that a record takes in a batch, its own length included. Key and value lengths are -1 for null; `headersLength`
 * is the size of what `encodeHeaders` returned, 0 for no headers.
 */
export function recordSize(
  offsetDelta: number,
  timestampDelta: number,
  keyLength: number,
  valueLength: number,
  headersLength: number,
): number {
  const size = bodySize(offsetDelta, timestampDelta, keyLength, valueLength, headersLength)
  return varintSize(size) + size
}

/** The most bytes that a record can take, wherever in a batch it stands; lengths as for `recordSize`. */
export function maxRecordSize(keyLength: number, valueLength: number, headersLength: number): number {
  return recordSize(0x7fffffff, Number.MAX_SAFE_INTEGER, keyLength, valueLength, headersLength)
}

/** The size of a record without its leading length. */
function bodySize(
  offsetDelta: number,
  timestampDelta: number,
  keyLength: number,
  valueLength: number,
  headersLength: number,
): number {
  return (
    1 +
    varlongSize(timestampDelta) +
    varintSize(offsetDelta) +
    varintSize(keyLength) +
    Math.max(keyLength, 0) +
    varintSize(valueLength) +
    Math.max(valueLength, 0) +
    Math.max(headersLength, NO_HEADERS_SIZE)
  )
}
