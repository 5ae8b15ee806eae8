import { membersOf } from '../../lib/json-text.ts'
import { addHeaders, encodeHeaders } from '../../lib/protocol/records/index.ts'

/** A line that is no document, or one that cannot become a record. */
export class DocumentError extends Error {
  override readonly name = 'DocumentError'
}

/** What a document may hold; where a record lay is of no account. */
const FIELDS: ReadonlySet<string> = new Set([
  'topic',
  'partition',
  'offset',
  'timestamp',
  'key',
  'value',
  'headers',
  'keySchemaId',
  'valueSchemaId',
  'keyMessageIndexes',
  'valueMessageIndexes',
])
const HEADER_FIELDS: ReadonlySet<string> = new Set(['key', 'value'])

/** Fields that may be passed over. */
export const IGNORABLE = ['partition', 'timestamp', 'headers'] as const
export type Ignorable = (typeof IGNORABLE)[number]

/** What a document says of a key or value beside its JSON. */
export interface NamedPart {
  readonly part: 'key' | 'value'
  readonly json: string
  /** Undefined where the document names no schema. */
  readonly schema: number | string | undefined
  readonly messageIndexes: readonly number[] | undefined
  readonly topic: string | undefined
  /** The names of the headers that the record has. */
  readonly headerNames: readonly string[]
}

/** Encodes keys and values by schemas. */
export interface DocumentEncoder {
  /** Whether keys, or values, are encoded though a document names no schema. */
  encodes(part: 'key' | 'value'): boolean
  /** Undefined for what has to be awaited first, see `room`. Throws DocumentError. */
  encode(named: NamedPart): EncodedPart | undefined
  /** Fetches what `encode` lacked. */
  room(): Promise<void>
}

export interface EncodedPart {
  readonly bytes: Buffer
  /** A header to be added: the id of the schema. */
  readonly header?: { readonly key: string; readonly value: Buffer } | undefined
}

const FIRST_BYTES = 64 * 1024
const MAX_PARTITION = 0x7fff_ffff

/**
 * Reads a JSON document as `kts consume --json` writes it. One object for all lines: after `parse` the fields say what
 * the record is; its key and value lie in `bytes`, the value behind the key, until the next call.
 */
export class DocumentParser {
  /** Undefined where the document names none. */
  topic: string | undefined
  /** -1 where the document names none. */
  partition = -1
  /** In milliseconds, a bigint where a number does not hold them; undefined where the document has none. */
  timestampMs: number | bigint | undefined
  bytes: Buffer = Buffer.allocUnsafeSlow(FIRST_BYTES)
  hasKey = false
  keyEnd = 0
  hasValue = false
  valueEnd = 0
  /** As `encodeHeaders` returns them, null for none. */
  headers: Buffer | null = null

  private readonly readsPartition: boolean
  private readonly readsTimestamp: boolean
  private readonly readsHeaders: boolean

  constructor(
    ignored: readonly Ignorable[] = [],
    private readonly encoder?: DocumentEncoder,
  ) {
    this.readsPartition = !ignored.includes('partition')
    this.readsTimestamp = !ignored.includes('timestamp')
    this.readsHeaders = !ignored.includes('headers')
  }

  /** False where a schema has to be fetched first, see DocumentEncoder. Throws DocumentError. */
  parse(text: string): boolean {
    const document = objectIn(text)
    refuseUnknown(document, FIELDS, 'a document')
    const { topic, partition, timestamp, key, value, headers } = document
    if (value === undefined) throw new DocumentError('"value" is missing; null deletes a key')
    this.topic = textOf(topic, 'topic')
    const keyPart = this.encode('key', document, text)
    const valuePart = this.encode('value', document, text)
    if (keyPart === undefined || valuePart === undefined) return false
    this.partition = this.readsPartition ? partitionOf(partition) : -1
    this.timestampMs = this.readsTimestamp ? timestampOf(timestamp) : undefined
    this.hasKey = key !== undefined && key !== null
    this.keyEnd = this.hasKey ? this.put(keyPart?.bytes ?? key, 0, '"key"') : 0
    this.hasValue = value !== null
    this.valueEnd = this.hasValue ? this.put(valuePart?.bytes ?? value, this.keyEnd, '"value"') : this.keyEnd
    this.headers = this.readsHeaders && headers !== undefined && headers !== null ? headersOf(headers) : null
    const ids = [keyPart?.header, valuePart?.header].filter((header) => header !== undefined)
    if (ids.length > 0) this.headers = addHeaders(this.headers, ids)
    return true
  }

  /** Null for what no schema encodes, undefined for what has to wait for one. */
  private encode(part: 'key' | 'value', document: Json, text: string): EncodedPart | null | undefined {
    const { encoder } = this
    const [value, schema] = [document[part], schemaIdOf(document[`${part}SchemaId`], part)]
    if (value === undefined || value === null) return null
    if (schema === undefined && (!encoder?.encodes(part) || isBase64(value))) return null
    if (!encoder) throw new DocumentError(`"${part}SchemaId" takes a schema registry: --schema-registry`)
    return encoder.encode({
      part,
      json: membersOf(text).get(part)!,
      schema,
      messageIndexes: indexesOf(document[`${part}MessageIndexes`], part),
      topic: this.topic,
      headerNames: this.readsHeaders ? headerNames(document.headers) : [],
    })
  }

  /** Writes text or bytes at a place; returns where they end. */
  private put(value: unknown, at: number, name: string): number {
    if (typeof value !== 'string') {
      const bytes = Buffer.isBuffer(value) ? value : bytesOf(value, name)
      this.reserve(at, bytes.length)
      return at + bytes.copy(this.bytes, at)
    }
    refuseHalfPairs(value, name)
    this.reserve(at, value.length * 3)
    return at + this.bytes.write(value, at)
  }

  private reserve(at: number, length: number): void {
    if (at + length <= this.bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(at + length, this.bytes.length * 2))
    this.bytes.copy(larger, 0, 0, at)
    this.bytes = larger
  }
}

type Json = Readonly<Record<string, unknown>>

function objectIn(text: string): Json {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch (error) {
    throw new DocumentError(`no JSON: ${(error as Error).message}`)
  }
  if (!isObject(document)) throw new DocumentError('no JSON object')
  return document
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

function refuseUnknown(object: Json, known: ReadonlySet<string>, what: string): void {
  for (const name in object)
    if (!known.has(name))
      throw new DocumentError(`"${name}" is no field of ${what}; known are ${[...known].join(', ')}`)
}

function textOf(value: unknown, name: string): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string' || value === '') throw new DocumentError(`"${name}" is no name`)
  return value
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function schemaIdOf(value: unknown, part: string): number | string | undefined {
  if (value === undefined || value === null) return undefined
  if (Number.isInteger(value) && (value as number) > 0 && (value as number) <= 0x7fff_ffff) return value as number
  if (typeof value === 'string' && GUID.test(value)) return value
  throw new DocumentError(`"${part}SchemaId" is no number from 1, and no GUID`)
}

function indexesOf(value: unknown, part: string): readonly number[] | undefined {
  if (value === undefined || value === null) return undefined
  const isList =
    Array.isArray(value) && value.length > 0 && value.every((index) => Number.isInteger(index) && index >= 0)
  if (!isList) throw new DocumentError(`"${part}MessageIndexes" is no list of numbers from 0`)
  return value as number[]
}

const isBase64 = (value: unknown): boolean => isObject(value) && Object.keys(value).join() === 'base64'

/** What is wrong with the list is said when it is read. */
const headerNames = (headers: unknown): string[] =>
  Array.isArray(headers) ? headers.flatMap((header) => (isObject(header) ? [String(header.key)] : [])) : []

function partitionOf(value: unknown): number {
  if (value === undefined || value === null) return -1
  if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > MAX_PARTITION)
    throw new DocumentError('"partition" is no number from 0')
  return value as number
}

/**
 * Any of 64 bits: brokers take times before 1970. What a double does not hold stands in a string, or else JSON would
 * round it.
 */
function timestampOf(value: unknown): number | bigint | undefined {
  if (value === undefined || value === null) return undefined
  if (Number.isSafeInteger(value)) return value as number
  if (typeof value !== 'string' || !/^-?\d{1,19}$/.test(value) || BigInt.asIntN(64, BigInt(value)) !== BigInt(value)) {
    throw new DocumentError(
      '"timestamp" is no whole number of milliseconds since 1970; beyond 2^53 it stands in a string',
    )
  }
  return Number.isSafeInteger(Number(value)) ? Number(value) : BigInt(value)
}

function headersOf(value: unknown): Buffer | null {
  if (!Array.isArray(value)) throw new DocumentError('"headers" is no list of {"key": …, "value": …}')
  return value.length === 0
    ? null
    : encodeHeaders(
        value.map((header: unknown, index) => {
          const name = `header ${index + 1}`
          if (!isObject(header)) throw new DocumentError(`${name} is no {"key": …, "value": …}`)
          refuseUnknown(header, HEADER_FIELDS, 'a header')
          if (header.value === undefined) throw new DocumentError(`"value" of ${name} is missing; it may be null`)
          return {
            key: bytesOf(header.key, `"key" of ${name}`),
            value: header.value === null ? null : bytesOf(header.value, `"value" of ${name}`),
          }
        }),
      )
}

/** The bytes of a string, or of `{"base64": "…"}`. */
function bytesOf(value: unknown, name: string): Buffer {
  if (typeof value === 'string') {
    refuseHalfPairs(value, name)
    return Buffer.from(value)
  }
  const base64 = isObject(value) ? value.base64 : undefined
  if (typeof base64 !== 'string' || Object.keys(value as Json).length !== 1)
    throw new DocumentError(`${name} is no string and no {"base64": "…"}; JSON that is a value goes into a string`)
  const bytes = Buffer.from(base64, 'base64')
  // Node passes over what is no base64.
  if (bytes.toString('base64') !== base64) throw new DocumentError(`${name} is no base64`)
  return bytes
}

/** Half of a surrogate pair has no bytes in UTF-8. */
function refuseHalfPairs(text: string, name: string): void {
  if (!text.isWellFormed()) throw new DocumentError(`${name} has half of a surrogate pair, which is no text`)
}
