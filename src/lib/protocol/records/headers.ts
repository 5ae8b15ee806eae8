import { MalformedError } from '../../errors.ts'
import { readVarint, varintSize, writeVarint, type Cursor } from './varint.ts'

/** A header of a record. Names may repeat, and their order counts. */
export interface RecordHeader {
  readonly key: string
  readonly value: Buffer | null
}

/** The same with the bytes of its key, which may be no UTF-8. */
export interface RawRecordHeader {
  readonly key: Buffer
  readonly value: Buffer | null
}

/** A header to be written: a key in bytes goes out as it is. */
export interface HeaderInput {
  readonly key: string | Buffer
  readonly value: Buffer | null
}

/** The headers of a record as they stand at its end: their count, then each key and value with its length. */
export function encodeHeaders(headers: readonly HeaderInput[]): Buffer {
  const keys = headers.map(({ key }) => (typeof key === 'string' ? Buffer.from(key) : key))
  const size = headers.reduce(
    (sum, { value }, index) => sum + sizeOfHeader(keys[index]!, value),
    varintSize(headers.length),
  )
  const buffer = Buffer.allocUnsafe(size)
  let at = writeVarint(buffer, 0, headers.length)
  headers.forEach(({ value }, index) => {
    const key = keys[index]!
    at = writeVarint(buffer, at, key.length)
    at += key.copy(buffer, at)
    at = writeVarint(buffer, at, value === null ? -1 : value.length)
    if (value !== null) at += value.copy(buffer, at)
  })
  return buffer
}

/** Encoded headers, or none, with others behind them. */
export function addHeaders(encoded: Buffer | null, more: readonly HeaderInput[]): Buffer {
  if (encoded === null) return encodeHeaders(more)
  const cursor = { body: encoded, position: 0, end: encoded.length }
  const count = readVarint(cursor) + more.length
  const added = encodeHeaders(more)
  const start = Buffer.allocUnsafe(varintSize(count))
  writeVarint(start, 0, count)
  return Buffer.concat([start, encoded.subarray(cursor.position), added.subarray(varintSize(more.length))])
}

function sizeOfHeader(key: Buffer, value: Buffer | null): number {
  const valueSize = value === null ? varintSize(-1) : varintSize(value.length) + value.length
  return varintSize(key.length) + key.length + valueSize
}

/** Moves past `count` headers. Throws MalformedError where their lengths cannot be. */
export function skipHeaders(cursor: Cursor, count: number): void {
  for (let left = count; left > 0; left -= 1) {
    skip(cursor, readVarint(cursor), 'key')
    const valueLength = readVarint(cursor)
    if (valueLength !== -1) skip(cursor, valueLength, 'value')
  }
}

function skip(cursor: Cursor, length: number, part: string): void {
  if (length < 0 || length > cursor.end - cursor.position)
    throw new MalformedError(`a header ${part} of ${length} bytes at ${cursor.position}`)
  cursor.position += length
}

/** Reads `count` headers that `skipHeaders` has found sound. Keys and values are views, not copies. */
export function readHeaders(cursor: Cursor, count: number): RawRecordHeader[] {
  return Array.from({ length: count }, () => {
    const key = read(cursor, readVarint(cursor))
    const valueLength = readVarint(cursor)
    return { key, value: valueLength === -1 ? null : read(cursor, valueLength) }
  })
}

function read(cursor: Cursor, length: number): Buffer {
  const at = cursor.position
  cursor.position = at + length
  return cursor.body.subarray(at, at + length)
}
