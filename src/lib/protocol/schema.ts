/**
 * The vocabulary in which messages are declared. A message is data: each field names its wire type and the versions
 * that carry it, as Kafka's message definitions do, and its TypeScript type rides along.
 */

/** Versions as Kafka writes them: `3`, `0-4` or `2+`. */
export type Versions = string

export type FieldType =
  | 'bool'
  | 'int8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'int64'
  | 'float64'
  | 'uuid'
  | 'string'
  | 'bytes'
  | 'records'
  | 'array'
  | 'struct'

export interface Field<T = unknown> {
  readonly type: FieldType
  readonly versions: Versions
  readonly default: T
  /** Versions in which null is allowed. */
  readonly nullable?: Versions
  /** A value that a version cannot carry is dropped in silence when true, and refused when not. */
  readonly ignorable?: boolean
  readonly tag?: number
  /** Versions in which the field is tagged, when it is not tagged in all of them. */
  readonly tagged?: Versions
  /** Element of an array, or the fields of a struct. */
  readonly of?: Field | Fields
}

export type Fields = Readonly<Record<string, Field>>

/** What a decoder returns: every field is there, absent ones hold their default. */
export type Message<F extends Fields> = { [K in keyof F]: F[K] extends Field<infer T> ? T : never }

/** What an encoder takes: fields may be left out, at any depth, to get their default. */
export type Input<T> = T extends Buffer | string | number | bigint | boolean | null
  ? T
  : T extends (infer E)[]
    ? readonly Input<E>[]
    : { readonly [K in keyof T]?: Input<T[K]> }

type Options<T> = Partial<Pick<Field<T>, 'default' | 'ignorable' | 'tag' | 'tagged'>>

const scalar =
  <T>(type: FieldType, zero: T) =>
  (versions: Versions, options: Options<T> = {}): Field<T> => ({ type, versions, default: zero, ...options })

const nullableScalar =
  <T>(type: FieldType) =>
  (versions: Versions, nullable: Versions, options: Options<T | null> = {}): Field<T | null> => ({
    type,
    versions,
    nullable,
    default: null,
    ...options,
  })

/** The all-zero topic id, which stands for "none". */
export const ZERO_UUID = 'AAAAAAAAAAAAAAAAAAAAAA'

export const bool = scalar('bool', false)
export const int8 = scalar('int8', 0)
export const int16 = scalar('int16', 0)
export const uint16 = scalar('uint16', 0)
export const int32 = scalar('int32', 0)
export const int64 = scalar('int64', 0n)
export const float64 = scalar('float64', 0)
/** A UUID in Kafka's text form: 22 characters of URL-safe base64. */
export const uuid = scalar('uuid', ZERO_UUID)
export const string = scalar('string', '')
export const nullableString = nullableScalar<string>('string')
export const bytes = scalar<Buffer>('bytes', Buffer.alloc(0))
export const nullableBytes = nullableScalar<Buffer>('bytes')
/** Record batches, passed on as they are: the protocol layer never looks inside. */
export const records = scalar<Buffer>('records', Buffer.alloc(0))
export const nullableRecords = nullableScalar<Buffer>('records')

type Item<E> = E extends Field<infer T> ? T : E extends Fields ? Message<E> : never

export const array = <E extends Fields | Field>(
  versions: Versions,
  of: E,
  options: Options<Item<E>[]> = {},
): Field<Item<E>[]> => ({ type: 'array', versions, default: [], ...options, of })

export const nullableArray = <E extends Fields | Field>(
  versions: Versions,
  nullable: Versions,
  of: E,
  options: Options<Item<E>[] | null> = {},
): Field<Item<E>[] | null> => ({ type: 'array', versions, nullable, default: null, ...options, of })

export const struct = <F extends Fields>(
  versions: Versions,
  of: F,
  options: Options<Message<F>> = {},
): Field<Message<F>> => ({ type: 'struct', versions, default: blank(of), ...options, of })

export const nullableStruct = <F extends Fields>(
  versions: Versions,
  nullable: Versions,
  of: F,
  options: Options<Message<F> | null> = {},
): Field<Message<F> | null> => ({ type: 'struct', versions, nullable, default: null, ...options, of })

export const isField = (of: Field | Fields): of is Field => typeof of['type'] === 'string'

/** A message in which every field has its default; nothing in it is shared with another message. */
export function blank<F extends Fields>(fields: F): Message<F> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, freshDefault(field)])) as Message<F>
}

/** The default of a field, never shared between messages. */
export function freshDefault(field: Field): unknown {
  if (field.default === null) return null
  if (field.type === 'array') return []
  if (field.type === 'struct') return blank(field.of as Fields)
  return field.default
}

/** Whether a value is what the field has when nothing is said; fields of a struct may be left out. */
export function isDefault(field: Field, value: unknown): boolean {
  if (value === field.default) return true
  if (value === null || field.default === null) return false
  if (field.type === 'array' || field.type === 'bytes' || field.type === 'records')
    return (value as { readonly length: number }).length === 0
  if (field.type !== 'struct') return false
  const values = value as Readonly<Record<string, unknown>>
  return Object.entries(field.of as Fields).every(
    ([name, inner]) => values[name] === undefined || isDefault(inner, values[name]),
  )
}

/** Whether a version lies in a range such as `3`, `0-4` or `2+`. */
export function within(range: Versions, version: number): boolean {
  const [low, high] = bounds(range)
  return version >= low && version <= high
}

/** Lowest and highest version of a range; `none` holds no version. */
export function bounds(range: Versions): [low: number, high: number] {
  if (range === 'none') return [0, -1]
  const [low = '', high] = range.split('-')
  if (low.endsWith('+')) return [Number.parseInt(low), Number.MAX_SAFE_INTEGER]
  return [Number(low), Number(high ?? low)]
}
