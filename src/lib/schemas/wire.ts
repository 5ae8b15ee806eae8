import { SchemaError } from './format.ts'

/** How a record names its schema: by the number that a registry has given it, or by its GUID, in lower case. */
export type SchemaId = number | string

/** In front of the number, and of the GUID (Confluent's SchemaId.MAGIC_BYTE_V0 and _V1). */
const MAGIC_NUMBER = 0
const MAGIC_GUID = 1
const GUID_END = 17

/** The magic byte and the number. */
export const SCHEMA_NUMBER_BYTES = 5

export type RecordPart = 'key' | 'value'

/** The header that holds the id where it does not stand in front of the payload. */
export const SCHEMA_ID_HEADERS: Readonly<Record<RecordPart, string>> = {
  key: '__key_schema_id',
  value: '__value_schema_id',
}

export interface WireForm {
  readonly schema: SchemaId
  /** What stands behind the id, in its header if it has one; for Protobuf the message indexes, first of all. */
  readonly rest: Buffer
  /** The whole key or value, where the id stands in a header. */
  readonly body: Buffer | undefined
}

/**
 * Takes a key or value apart: the id in its header (see SCHEMA_ID_HEADERS) goes before the one in front of the bytes,
 * as in Confluent's DualSchemaIdDeserializer. Undefined for bytes that name no schema.
 */
export function readWireForm(bytes: Buffer, header?: Buffer | null): WireForm | undefined {
  return header ? withId(header, bytes) : withId(bytes, undefined)
}

function withId(bytes: Buffer, body: Buffer | undefined): WireForm | undefined {
  const schema = schemaNumber(bytes, 0, bytes.length)
  if (schema > 0) return { schema, rest: bytes.subarray(SCHEMA_NUMBER_BYTES), body }
  if (bytes[0] === MAGIC_GUID && bytes.length >= GUID_END)
    return { schema: guidOf(bytes.toString('hex', 1, GUID_END)), rest: bytes.subarray(GUID_END), body }
  return undefined
}

/**
 * The number of the schema in front of what lies between `start` and `end`. None is 0 or less: registries count from 1,
 * and what begins with zeros is something else, a long number for one.
 */
export function schemaNumber(bytes: Buffer, start: number, end: number): number {
  if (end - start < SCHEMA_NUMBER_BYTES || bytes[start] !== MAGIC_NUMBER) return 0
  return (bytes[start + 1]! << 24) | (bytes[start + 2]! << 16) | (bytes[start + 3]! << 8) | bytes[start + 4]!
}

const guidOf = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')

/** What stands in front of a payload, or in a header: magic byte, id, and for Protobuf the message indexes. */
export function encodeSchemaId(schema: SchemaId, messageIndexes?: readonly number[]): Buffer {
  const indexes = messageIndexes ? encodeMessageIndexes(messageIndexes) : Buffer.alloc(0)
  if (typeof schema === 'string')
    return Buffer.concat([Buffer.of(MAGIC_GUID), Buffer.from(schema.replaceAll('-', ''), 'hex'), indexes])
  const id = Buffer.alloc(SCHEMA_NUMBER_BYTES)
  id.writeInt32BE(schema, 1)
  return Buffer.concat([id, indexes])
}

/** Zigzag varints: their count, then each; the first message of a file, `[0]`, is the single byte 0. */
function encodeMessageIndexes(indexes: readonly number[]): Buffer {
  if (indexes.length === 1 && indexes[0] === 0) return Buffer.of(0)
  return Buffer.from([indexes.length, ...indexes].flatMap(encodeVarint))
}

function encodeVarint(value: number): number[] {
  const bytes: number[] = []
  let rest = value * 2
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest & 0x7f) | 0x80)
  return [...bytes, rest]
}

export interface MessageIndexes {
  readonly indexes: readonly number[]
  readonly payload: Buffer
}

const FIRST_MESSAGE: readonly number[] = [0]
/** protoc itself nests messages no deeper. */
const MOST_INDEXES = 100

/** Takes the message indexes from the front of a Protobuf payload. Throws SchemaError. */
export function readMessageIndexes(bytes: Buffer): MessageIndexes {
  if (bytes[0] === 0) return { indexes: FIRST_MESSAGE, payload: bytes.subarray(1) }
  const reader = { bytes, at: 0 }
  const count = readVarint(reader)
  if (count < 1 || count > MOST_INDEXES) throw new SchemaError(`it names a message by ${count} indexes`)
  const indexes = Array.from({ length: count }, () => readVarint(reader))
  return { indexes, payload: bytes.subarray(reader.at) }
}

function readVarint(reader: { readonly bytes: Buffer; at: number }): number {
  let value = 0
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = reader.bytes[reader.at]
    if (byte === undefined) break
    reader.at += 1
    value += (byte & 0x7f) * 2 ** shift
    if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }
  throw new SchemaError('its message indexes are cut off')
}
