import { isField, within, type Field, type Fields } from '../../../src/lib/protocol/schema.ts'
import { camelCase, isTaggedFields, type WireField, type WireType } from './facts.ts'

/** Whether structs that may be null are told: the facts of requests and responses do not. */
export interface Telling {
  readonly nullableStructs: boolean
}

/** What Kafka's classes would say about a declaration, in the words of the facts. */
export function wireFields(
  fields: Fields,
  version: number,
  isFlexible: boolean,
  telling: Telling = { nullableStructs: false },
): WireField[] {
  const live = Object.entries(fields).filter(([, field]) => within(field.versions, version))
  const isTagged = ([, field]: [string, Field]) =>
    field.tag !== undefined && within(field.tagged ?? field.versions, version)
  const wire = ([name, field]: [string, Field]): WireField => [name, wireType(field, version, isFlexible, telling)]
  const plain = live.filter((entry) => !isTagged(entry)).map(wire)
  if (!isFlexible) return plain
  const tagged = Object.fromEntries(live.filter(isTagged).map((entry) => [String(entry[1].tag), wire(entry)]))
  return [...plain, ['_tagged_fields', tagged]]
}

function wireType(field: Field, version: number, isFlexible: boolean, telling: Telling): WireType {
  const isNullable = field.nullable !== undefined && within(field.nullable, version)
  switch (field.type) {
    case 'struct': {
      const of = wireFields(field.of as Fields, version, isFlexible, telling)
      return isNullable && telling.nullableStructs ? { struct: of, nullable: true } : of
    }
    case 'array': {
      const of = isField(field.of!)
        ? wireType(field.of, version, isFlexible, telling)
        : wireFields(field.of as Fields, version, isFlexible, telling)
      return { [isFlexible ? 'compactArray' : 'array']: of, ...(isNullable ? { nullable: true } : {}) }
    }
    case 'string':
    case 'bytes':
    case 'records':
      return `${isFlexible ? 'COMPACT_' : ''}${isNullable ? 'NULLABLE_' : ''}${field.type.toUpperCase()}`
    case 'bool':
      return 'BOOLEAN'
    default:
      return field.type.toUpperCase()
  }
}

/** The facts with the names that declarations use. */
export function renamed(type: WireType): WireType {
  if (typeof type === 'string') return type
  if (Array.isArray(type)) return (type as readonly WireField[]).map(renamedField)
  return Object.fromEntries(
    Object.entries(type).map(([word, inner]) => [
      word,
      word === 'nullable' ? (inner as boolean) : renamed(inner as WireType),
    ]),
  ) as WireType
}

function renamedField(field: WireField): WireField {
  if (!isTaggedFields(field)) return [camelCase(field[0]), renamed(field[1] as WireType)]
  return [
    '_tagged_fields',
    Object.fromEntries(Object.entries(field[1]).map(([tag, inner]) => [tag, renamedField(inner)])),
  ]
}
