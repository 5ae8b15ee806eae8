import { MalformedError } from '../../errors.ts'
import { AT, BATCH_OVERHEAD, LOG_OVERHEAD, readBatchHeader, type BatchHeader } from './batch.ts'
import { CODECS, decompress } from './compression.ts'
import { crc32c } from './crc32c.ts'
import { readHeaders, skipHeaders, type RawRecordHeader, type RecordHeader } from './headers.ts'
import { MAX_EXACT_VARLONG, readBigVarlong, readVarint, readVarlong, type Cursor } from './varint.ts'

const EMPTY = Buffer.alloc(0)

/** The smallest record: its length, attributes, two deltas, null key, null value, no headers: a byte each. */
const MIN_RECORD_SIZE = 7

/**
 * A cursor over the records of a batch: `open` a batch, then call `next` until it returns false. It makes no object per
 * record; positions refer to `body`. One reader serves any number of batches, one after the other.
 */
export class RecordReader {
  /** The bytes that all positions refer to: the opened buffer, or what was decompressed from it. */
  body: Buffer = EMPTY
  offsetDelta = 0
  /** Milliseconds after the batch's base timestamp; exact up to 2^52. */
  timestampDelta = 0
  /** The same where it is beyond; null otherwise. */
  bigTimestampDelta: bigint | null = null
  keyStart = 0
  /** -1 for null. */
  keyLength = -1
  valueStart = 0
  /** -1 for null. */
  valueLength = -1
  /** Where the first header begins, behind their count. */
  headersStart = 0
  headerCount = 0

  private readonly cursor: Cursor = { body: EMPTY, position: 0, end: 0 }
  private left = 0

  /**
   * Stands in front of the first record of the batch at `at`. A compressed batch is decompressed, to `maxBytes` at
   * most. Throws MalformedError when the batch is not wholly in the buffer, cannot be decompressed, or cannot hold its
   * record count.
   */
  open(buffer: Buffer, at: number, header: BatchHeader, options: { maxBytes?: number } = {}): void {
    const start = at + AT.records
    const end = at + header.sizeInBytes
    if (end > buffer.length)
      throw new MalformedError(`a batch of ${header.sizeInBytes} bytes, ${buffer.length - at} are there`)
    if (header.codec === CODECS.none) this.stand(buffer, start, end)
    else {
      const body = decompress(header.codec, buffer.subarray(start, end), options.maxBytes)
      this.stand(body, 0, body.length)
    }
    this.left = checkedCount(header.recordsCount, this.cursor)
  }

  /** The same for records that have been decompressed already. */
  openUnpacked(body: Buffer, { recordsCount }: BatchHeader): void {
    this.stand(body, 0, body.length)
    this.left = checkedCount(recordsCount, this.cursor)
  }

  private stand(body: Buffer, position: number, end: number): void {
    this.body = this.cursor.body = body
    this.cursor.position = position
    this.cursor.end = end
  }

  /**
   * Moves to the next record; false after the last. Throws MalformedError where lengths do not fit, or bytes are left
   * over.
   */
  next(): boolean {
    const { cursor } = this
    if (this.left === 0) return checkNothingLeft(cursor)
    this.left -= 1
    const length = readVarint(cursor)
    const batchEnd = cursor.end
    const recordEnd = cursor.position + length
    if (length < MIN_RECORD_SIZE - 1 || recordEnd > batchEnd)
      throw new MalformedError(`a record of ${length} bytes at ${cursor.position}`)
    cursor.end = recordEnd
    this.readRecord(cursor)
    if (cursor.position !== recordEnd)
      throw new MalformedError(`a record ends at ${cursor.position}, its length says ${recordEnd}`)
    cursor.end = batchEnd
    return true
  }

  private readRecord(cursor: Cursor): void {
    cursor.position += 1 // attributes, unused so far
    const deltaAt = cursor.position
    this.timestampDelta = readVarlong(cursor)
    this.bigTimestampDelta =
      Math.abs(this.timestampDelta) < MAX_EXACT_VARLONG ? null : readBigVarlong({ ...cursor, position: deltaAt })
    this.offsetDelta = readVarint(cursor)
    this.keyLength = readLength(cursor, 'key')
    this.keyStart = cursor.position
    if (this.keyLength > 0) cursor.position += this.keyLength
    this.valueLength = readLength(cursor, 'value')
    this.valueStart = cursor.position
    if (this.valueLength > 0) cursor.position += this.valueLength
    this.headerCount = readHeaderCount(cursor)
    this.headersStart = cursor.position
    if (this.headerCount > 0) skipHeaders(cursor, this.headerCount)
  }

  /** The headers of the current record in wire order, repeated names kept. Values are views of `body`, not copies. */
  headers(): RecordHeader[] {
    return this.rawHeaders().map(({ key, value }) => ({ key: key.toString('utf8'), value }))
  }

  /** The same with keys as they are, whether UTF-8 or not. */
  rawHeaders(): RawRecordHeader[] {
    if (this.headerCount === 0) return []
    return readHeaders({ body: this.body, position: this.headersStart, end: this.body.length }, this.headerCount)
  }
}

/** When a record was made, in milliseconds since the epoch, to the last of its 64 bits; as its producer said. */
export function createTimeOf(
  { timestampDelta, bigTimestampDelta }: Pick<RecordReader, 'timestampDelta' | 'bigTimestampDelta'>,
  { baseTimestamp }: BatchHeader,
): bigint {
  return BigInt.asIntN(64, baseTimestamp + (bigTimestampDelta ?? BigInt(timestampDelta)))
}

/** A count beyond what the bytes can hold is a lie, told before a single record is read. */
function checkedCount(count: number, cursor: Cursor): number {
  const bytes = cursor.end - cursor.position
  if (count < 0 || count * MIN_RECORD_SIZE > bytes) throw new MalformedError(`${count} records in ${bytes} bytes`)
  return count
}

function checkNothingLeft(cursor: Cursor): false {
  if (cursor.position === cursor.end) return false
  throw new MalformedError(`${cursor.end - cursor.position} bytes are left after the last record`)
}

function readLength(cursor: Cursor, part: string): number {
  const length = readVarint(cursor)
  if (length < -1 || length > cursor.end - cursor.position)
    throw new MalformedError(`a ${part} of ${length} bytes at ${cursor.position}`)
  return length
}

function readHeaderCount(cursor: Cursor): number {
  const count = readVarint(cursor)
  if (count < 0) throw new MalformedError(`${count} headers at ${cursor.position}`)
  return count
}

/** Whether the checksum of the batch at `at` is right; false as well when the batch is not wholly in the buffer. */
export function isCrcValid(buffer: Buffer, at: number, header: BatchHeader): boolean {
  const end = at + header.sizeInBytes
  return end <= buffer.length && crc32c(buffer, at + AT.attributes, end) === header.crc
}

/**
 * The whole batches of a buffer, one after the other. An incomplete tail ends them in silence: brokers cut the last
 * batch of a Fetch response off. Throws MalformedError for a header that cannot be.
 */
export function* batches(buffer: Buffer): Generator<{ header: BatchHeader; at: number }> {
  for (let at = 0; isWhole(buffer, at); ) {
    const header = readBatchHeader(buffer, at)
    yield { header, at }
    at += header.sizeInBytes
  }
}

/** The offset behind the last whole batch of a buffer that holds one at least. */
export function endOffsetOf(buffer: Buffer): bigint {
  let last = 0
  for (let at = 0; isWhole(buffer, at); at += buffer.readInt32BE(at + AT.batchLength) + LOG_OVERHEAD) last = at
  return readBatchHeader(buffer, last).lastOffset + 1n
}

function isWhole(buffer: Buffer, at: number): boolean {
  const bytes = buffer.length - at
  return bytes >= BATCH_OVERHEAD && bytes - LOG_OVERHEAD >= buffer.readInt32BE(at + AT.batchLength)
}
