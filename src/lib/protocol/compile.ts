/* eslint-disable @typescript-eslint/no-explicit-any -- the one door between declared and dynamic shapes */
import { MalformedError } from '../errors.ts'
import { type Reader, Writer } from './bytes.ts'
import {
  freshDefault,
  isDefault,
  isField,
  within,
  type Field,
  type Fields,
  type Input,
  type Message,
  type Versions,
} from './schema.ts'

/** Turns one version of a message into bytes and back. */
export interface Codec<F extends Fields> {
  /** Throws MalformedError where the bytes break the format. */
  read(reader: Reader): Message<F>
  /**
   * Throws MalformedError for null where the version has no null, and for a value that it cannot carry (Kafka's
   * `ignorable`).
   */
  write(writer: Writer, message: Input<Message<F>>): void
  /**
   * The same for a message that may be long: a promise where `pause`, which is asked every few hundred items, has given
   * one to wait for.
   */
  writeLater(writer: Writer, message: Input<Message<F>>, pause: Pause): Promise<void> | void
}

type Pause = () => Promise<void> | undefined

type Read = (reader: Reader) => any
type Write = (writer: Writer, value: any) => void
type WriteLater = (writer: Writer, value: any, pause: Pause) => Promise<void> | void
/** Without `writeLater` a value is never long. */
interface ValueCodec {
  read: Read
  write: Write
  writeLater?: WriteLater | undefined
}
interface Live extends ValueCodec {
  key: string
  field: Field
}

/** One declaration and one version make one codec; what a version holds is decided here, never per message. */
export function compile<F extends Fields>(fields: F, version: number, flexible: boolean): Codec<F> {
  const all = Object.entries(fields).map(
    ([key, field]): Live => ({ key, field, ...named(key, valueCodec(field, version, flexible)) }),
  )
  const live = all.filter(({ field }) => within(field.versions, version))
  const plain = live.filter(({ field }) => !isTagged(field, version))
  const tagged = live.filter(({ field }) => isTagged(field, version)).sort((a, b) => a.field.tag! - b.field.tag!)
  const refused = all.filter(({ field }) => !within(field.versions, version) && !field.ignorable)
  // Plain fields stand on the wire in the order of their declaration; the others begin with their default.
  const steps = all.map((item) => ({
    key: item.key,
    get: plain.includes(item) ? item.read : () => freshDefault(item.field),
  }))

  const read = (reader: Reader): Message<F> => {
    const message: any = {}
    for (const { key, get } of steps) message[key] = get(reader)
    if (flexible) readTags(reader, tagged, message)
    return message
  }
  const write = (writer: Writer, message: any): void => {
    for (const { key, field } of refused) refuseValue(key, field, message[key], version)
    for (const item of plain)
      item.write(writer, message[item.key] === undefined ? item.field.default : message[item.key])
    if (flexible) writeTags(writer, tagged, message)
  }
  const isLong = plain.some(({ writeLater }) => writeLater !== undefined)
  const writeLater = (writer: Writer, message: any, pause: Pause): Promise<void> | void => {
    if (!isLong) return write(writer, message)
    for (const { key, field } of refused) refuseValue(key, field, message[key], version)
    const writeField = (item: Live): Promise<void> | void => {
      const value = message[item.key] === undefined ? item.field.default : message[item.key]
      return item.writeLater ? item.writeLater(writer, value, pause) : item.write(writer, value)
    }
    const writeEnd = (): void => {
      if (flexible) writeTags(writer, tagged, message)
    }
    const rest = inOrder(plain, writeField)
    return rest ? rest.then(writeEnd) : writeEnd()
  }
  return { read, write, writeLater }
}

/** The codec of each version of a message, made on first use. */
export function codecs<F extends Fields>(fields: F, flexible: Versions): (version: number) => Codec<F> {
  const made: Codec<F>[] = []
  return (version) => (made[version] ??= compile(fields, version, within(flexible, version)))
}

const isTagged = ({ tag, tagged, versions }: Field, version: number): boolean =>
  tag !== undefined && within(tagged ?? versions, version)

/** Does one thing after the other; a promise only where one of them is. */
function inOrder<T>(
  items: readonly T[],
  action: (item: T, index: number) => Promise<void> | void,
  from = 0,
): Promise<void> | void {
  for (let index = from; index < items.length; index += 1) {
    const pending = action(items[index]!, index)
    if (pending) return pending.then(() => inOrder(items, action, index + 1))
  }
}

/** The codec of a field's values, null included. */
function valueCodec(field: Field, version: number, flexible: boolean): ValueCodec {
  const nullable = field.nullable !== undefined && within(field.nullable, version)
  const codec =
    field.type === 'array'
      ? arrayCodec(field, version, flexible)
      : field.type === 'struct'
        ? structCodec(field, version, flexible, nullable)
        : scalarCodec(field, flexible)
  if (nullable) return codec
  return {
    read: (reader) => notNull(codec.read(reader)),
    write: (writer, value) => codec.write(writer, notNull(value)),
    writeLater: codec.writeLater && ((writer, value, pause) => codec.writeLater!(writer, notNull(value), pause)),
  }
}

function notNull(value: any): any {
  if (value === null) throw new MalformedError('null where the version has no null')
  return value
}

function scalarCodec({ type }: Field, flexible: boolean): ValueCodec {
  switch (type) {
    case 'string':
      return { read: (reader) => reader.string(flexible), write: (writer, value) => writer.string(value, flexible) }
    case 'bytes':
    case 'records':
      return { read: (reader) => reader.bytes(flexible), write: (writer, value) => writer.bytes(value, flexible) }
    case 'bool':
      return { read: (reader) => reader.bool(), write: (writer, value) => writer.bool(value) }
    case 'int8':
      return { read: (reader) => reader.int8(), write: (writer, value) => writer.int8(value) }
    case 'int16':
      return { read: (reader) => reader.int16(), write: (writer, value) => writer.int16(value) }
    case 'uint16':
      return { read: (reader) => reader.uint16(), write: (writer, value) => writer.uint16(value) }
    case 'int32':
      return { read: (reader) => reader.int32(), write: (writer, value) => writer.int32(value) }
    case 'int64':
      return { read: (reader) => reader.int64(), write: (writer, value) => writer.int64(value) }
    case 'float64':
      return { read: (reader) => reader.float64(), write: (writer, value) => writer.float64(value) }
    case 'uuid':
      return { read: (reader) => reader.uuid(), write: (writer, value) => writer.uuid(value) }
    default:
      throw new TypeError(`no scalar type ${type}`)
  }
}

/** Items that are written between two questions for a pause. */
const ITEMS_AT_ONCE = 256

function arrayCodec(field: Field, version: number, flexible: boolean): ValueCodec {
  const item: ValueCodec = isField(field.of!)
    ? valueCodec(field.of, version, flexible)
    : compile(field.of as Fields, version, flexible)
  const costEach = isField(field.of!) ? costOf(field.of, version) : costOfAll(field.of as Fields, version)
  return {
    read(reader) {
      const length = reader.length(flexible, 4)
      if (length < 0) return null
      // Every element takes a byte at least, so a length beyond what is left is a lie: refuse it before making room.
      if (length > reader.remaining) throw new MalformedError(`array of ${length} in ${reader.remaining} bytes`)
      reader.spend(length * costEach)
      const items = []
      for (let index = 0; index < length; index += 1) items.push(item.read(reader))
      return items
    },
    write(writer, items) {
      if (items === null) return writer.lengthOf(-1, flexible, 4)
      writer.lengthOf(items.length, flexible, 4)
      for (const value of items) item.write(writer, value)
    },
    writeLater(writer, items, pause) {
      if (items === null) return writer.lengthOf(-1, flexible, 4)
      writer.lengthOf(items.length, flexible, 4)
      return inOrder<any>(items, (value, index) => {
        const pending = item.writeLater ? item.writeLater(writer, value, pause) : item.write(writer, value)
        if (pending || index % ITEMS_AT_ONCE !== ITEMS_AT_ONCE - 1) return pending
        return pause()
      })
    },
  }
}

/** What values cost in time and memory, in relation to a number. */
const COSTS: Partial<Record<Field['type'], number>> = { string: 3, bytes: 3, records: 3, uuid: 3, int64: 2, float64: 2 }

/**
 * What an item of a list costs: itself, and for a struct its fields as well. What lists in it hold is counted when they
 * are read.
 */
function costOf(field: Field, version: number): number {
  return field.type === 'struct' ? costOfAll(field.of as Fields, version) : (COSTS[field.type] ?? 1)
}

function costOfAll(fields: Fields, version: number): number {
  return Object.values(fields).reduce(
    (sum, field) => sum + (within(field.versions, version) ? costOf(field, version) : 0),
    1,
  )
}

/** A nullable struct has one byte in front: 1, or for null -1, which in a tagged field is 0. */
function structCodec(field: Field, version: number, flexible: boolean, nullable: boolean): ValueCodec {
  const inner = compile(field.of as Fields, version, flexible)
  if (!nullable) return inner
  const none = isTagged(field, version) ? 0 : -1
  return {
    read: (reader) => (reader.int8() <= 0 ? null : inner.read(reader)),
    write(writer, value) {
      writer.int8(value === null ? none : 1)
      if (value !== null) inner.write(writer, value)
    },
  }
}

/** Adds the field's name to whatever goes wrong inside it. */
function named(key: string, codec: ValueCodec): ValueCodec {
  return {
    ...codec,
    write(writer, value) {
      try {
        codec.write(writer, value)
      } catch (error) {
        if (error instanceof Error && !error.message.startsWith('field '))
          error.message = `field ${key}: ${error.message}`
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
    reader.spend(1)
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
