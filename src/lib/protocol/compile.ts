/* eslint-disable @typescript-eslint/no-explicit-any -- the one door between declared and dynamic shapes */
import { MalformedError } from '../errors.ts'
import { type Reader, Writer } from './bytes.ts'
import { freshDefault, isDefault, isField, within, type Field, type Fields, type Input, type Message } from './schema.ts'

/** Turns one version of a message into bytes and back. */
export interface Codec<F extends Fields> {
  /** Throws MalformedError where the bytes break the format. */
  read(reader: Reader): Message<F>
  /** Throws MalformedError for null where the version has no null, and for a value that it cannot carry (Kafka's `ignorable`). */
  write(writer: Writer, message: Input<Message<F>>): void
}

type Read = (reader: Reader) => any
type Write = (writer: Writer, value: any) => void
interface Live { key: string; field: Field; read: Read; write: Write }

/** One declaration and one version make one codec; what a version holds is decided here, never per message. */
export function compile<F extends Fields>(fields: F, version: number, flexible: boolean): Codec<F> {
  const all = Object.entries(fields).map(([key, field]): Live => ({ key, field, ...named(key, valueCodec(field, version, flexible)) }))
  const live = all.filter(({ field }) => within(field.versions, version))
  const isTagged = ({ field }: Live) => field.tag !== undefined && within(field.tagged ?? field.versions, version)
  const plain = live.filter((item) => !isTagged(item))
  const tagged = live.filter(isTagged).sort((a, b) => a.field.tag! - b.field.tag!)
  const refused = all.filter(({ field }) => !within(field.versions, version) && !field.ignorable)
  // Plain fields stand on the wire in the order of their declaration; the others begin with their default.
  const steps = all.map((item) => ({ key: item.key, get: plain.includes(item) ? item.read : () => freshDefault(item.field) }))

  const read = (reader: Reader): Message<F> => {
    const message: any = {}
    for (const { key, get } of steps) message[key] = get(reader)
    if (flexible) readTags(reader, tagged, message)
    return message
  }
  const write = (writer: Writer, message: any): void => {
    for (const { key, field } of refused) refuseValue(key, field, message[key], version)
    for (const item of plain) item.write(writer, message[item.key] === undefined ? item.field.default : message[item.key])
    if (flexible) writeTags(writer, tagged, message)
  }
  return { read, write }
}

/** The codec of a field's values, null included. */
function valueCodec(field: Field, version: number, flexible: boolean): { read: Read; write: Write } {
  const nullable = field.nullable !== undefined && within(field.nullable, version)
  const codec = field.type === 'array' ? arrayCodec(field, version, flexible)
    : field.type === 'struct' ? structCodec(field, version, flexible, nullable)
      : scalarCodec(field, flexible)
  if (nullable) return codec
  return {
    read: (reader) => notNull(codec.read(reader)),
    write: (writer, value) => codec.write(writer, notNull(value)),
  }
}

function notNull(value: any): any {
  if (value === null) throw new MalformedError('null where the version has no null')
  return value
}

function scalarCodec({ type }: Field, flexible: boolean): { read: Read; write: Write } {
  switch (type) {
    case 'string':
      return { read: (reader) => reader.string(flexible), write: (writer, value) => writer.string(value, flexible) }
    case 'bytes':
    case 'records':
      return { read: (reader) => reader.bytes(flexible), write: (writer, value) => writer.bytes(value, flexible) }
    case 'bool': return { read: (reader) => reader.bool(), write: (writer, value) => writer.bool(value) }
    case 'int8': return { read: (reader) => reader.int8(), write: (writer, value) => writer.int8(value) }
    case 'int16': return { read: (reader) => reader.int16(), write: (writer, value) => writer.int16(value) }
    case 'uint16': return { read: (reader) => reader.uint16(), write: (writer, value) => writer.uint16(value) }
    case 'int32': return { read: (reader) => reader.int32(), write: (writer, value) => writer.int32(value) }
    case 'int64': return { read: (reader) => reader.int64(), write: (writer, value) => writer.int64(value) }
    case 'float64': return { read: (reader) => reader.float64(), write: (writer, value) => writer.float64(value) }
    case 'uuid': return { read: (reader) => reader.uuid(), write: (writer, value) => writer.uuid(value) }
    default: throw new TypeError(`no scalar type ${type}`)
  }
}

function arrayCodec(field: Field, version: number, flexible: boolean): { read: Read; write: Write } {
  const item = isField(field.of!) ? valueCodec(field.of, version, flexible) : compile(field.of as Fields, version, flexible)
  return {
    read(reader) {
      const length = reader.length(flexible, 4)
      if (length < 0) return null
      // Every element takes a byte at least, so a length beyond what is left is a lie: refuse it before making room.
      if (length > reader.remaining) throw new MalformedError(`array of ${length} in ${reader.remaining} bytes`)
      const items = []
      for (let index = 0; index < length; index += 1) items.push(item.read(reader))
      return items
    },
    write(writer, items) {
      if (items === null) return writer.lengthOf(-1, flexible, 4)
      writer.lengthOf(items.length, flexible, 4)
      for (const value of items) item.write(writer, value)
    },
  }
}

/** A nullable struct has one byte in front: 1, or -1 for null. In a tagged field Kafka writes 0 for null. */
function structCodec(field: Field, version: number, flexible: boolean, nullable: boolean): { read: Read; write: Write } {
  const inner = compile(field.of as Fields, version, flexible)
  if (!nullable) return inner
  return {
    read: (reader) => (reader.int8() <= 0 ? null : inner.read(reader)),
    write(writer, value) {
      writer.int8(value === null ? -1 : 1)
      if (value !== null) inner.write(writer, value)
    },
  }
}

/** Adds the field's name to whatever goes wrong inside it. */
function named(key: string, codec: { read: Read; write: Write }): { read: Read; write: Write } {
  return {
    read: codec.read,
    write(writer, value) {
      try {
        codec.write(writer, value)
      } catch (error) {
        if (error instanceof Error && !error.message.startsWith('field ')) error.message = `field ${key}: ${error.message}`
        throw error
      }
    },
  }
}

function refuseValue(key: string, field: Field, value: any, version: number): void {
  if (value === undefined || isDefault(field, value)) return
  throw new MalformedError(`field ${key} is set, but version ${version} cannot carry it`)
}

/** Unknown tags are skipped, as KIP-482 asks. */
function readTags(reader: Reader, tagged: Live[], message: any): void {
  for (let count = reader.uvarint(); count > 0; count -= 1) {
    const tag = reader.uvarint()
    const size = reader.uvarint()
    if (size > reader.remaining) throw new MalformedError(`tag ${tag} of ${size} bytes, ${reader.remaining} left`)
    const end = reader.position + size
    const item = tagged.find(({ field }) => field.tag === tag)
    if (item) message[item.key] = item.read(reader)
    if (reader.position > end) throw new MalformedError(`tag ${tag} is longer than it says`)
    reader.skip(end - reader.position)
  }
}

function writeTags(writer: Writer, tagged: Live[], message: any): void {
  const set = tagged.filter(({ key, field }) => message[key] !== undefined && !isDefault(field, message[key]))
  writer.uvarint(set.length)
  for (const { key, field, write } of set) {
    const value = new Writer(64)
    write(value, message[key])
    writer.uvarint(field.tag!)
    writer.uvarint(value.length)
    for (const chunk of value.finish()) writer.raw(chunk)
  }
}
