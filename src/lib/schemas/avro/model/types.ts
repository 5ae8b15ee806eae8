import type { ExactJson } from '../../exact-json.ts'
import type { Name } from './names.ts'

const PRIMITIVES = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'] as const
export type PrimitiveKind = (typeof PRIMITIVES)[number]

/** What a schema says beside Avro's own attributes, a logical type for one; in the order of the text. */
export type Properties = ReadonlyMap<string, ExactJson>

export interface PrimitiveType {
  readonly kind: PrimitiveKind
  readonly properties: Properties
}

interface Named {
  readonly name: Name
  readonly doc: string | undefined
  readonly aliases: readonly Name[]
  readonly properties: Properties
}

export interface RecordType extends Named {
  readonly kind: 'record'
  readonly isError: boolean
  /** Filled in after the record is made, which they may name. */
  readonly fields: Field[]
}

export const ORDERS = ['ascending', 'descending', 'ignore'] as const
export type Order = (typeof ORDERS)[number]

export interface Field {
  readonly name: string
  type: AvroType
  readonly doc: string | undefined
  /** Undefined where the field has none: null is a value. */
  default: ExactJson | undefined
  readonly order: Order
  readonly aliases: readonly string[]
  readonly properties: Properties
}

export interface EnumType extends Named {
  readonly kind: 'enum'
  readonly symbols: readonly string[]
  /** What a reader takes for a symbol that it does not know. */
  readonly default: string | undefined
}

export interface FixedType extends Named {
  readonly kind: 'fixed'
  /** In bytes. */
  readonly size: number
}

export interface ArrayType {
  readonly kind: 'array'
  items: AvroType
  readonly properties: Properties
}

export interface MapType {
  readonly kind: 'map'
  values: AvroType
  readonly properties: Properties
}

export interface UnionType {
  readonly kind: 'union'
  readonly branches: readonly AvroType[]
}

export type NamedType = RecordType | EnumType | FixedType
export type AvroType = PrimitiveType | NamedType | ArrayType | MapType | UnionType

export const isPrimitive = (word: string): word is PrimitiveKind => (PRIMITIVES as readonly string[]).includes(word)

export const isNamed = (type: AvroType): type is NamedType =>
  type.kind === 'record' || type.kind === 'enum' || type.kind === 'fixed'

/** By what a union tells its branches apart, and JSON says which one a value is of. */
export const labelOf = (type: AvroType): string => (isNamed(type) ? type.name.full : type.kind)
