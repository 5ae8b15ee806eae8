import { type ExactJson, JsonNumber } from '../../exact-json.ts'
import { normalizedDefault } from './normalized-default.ts'
import { logicalTypeOf } from './logical-types.ts'
import { type AvroType, type Field, isNamed, type NamedType, type Properties, type RecordType } from './types.ts'
import { aliasSeenFrom } from './names.ts'

/**
 * What `normalize=true` makes of a type (AvroSchemaUtils.toNormalizedString of Confluent's client): properties and
 * aliases are sorted, a logical type comes first, defaults are as their type writes them, an empty documentation of a
 * type is none, and an error is a record.
 */
export const normalized = (type: AvroType): AvroType => new Normalizer().type(type)

class Normalizer {
  private readonly done = new Map<NamedType, NamedType>()

  type(type: AvroType): AvroType {
    if (isNamed(type)) return this.done.get(type) ?? this.named(type)
    if (type.kind === 'union') return { kind: 'union', branches: type.branches.map((branch) => this.type(branch)) }
    const properties = logicalFirst(type)
    if (type.kind === 'array') return { kind: 'array', items: this.type(type.items), properties }
    if (type.kind === 'map') return { kind: 'map', values: this.type(type.values), properties }
    return { kind: type.kind, properties }
  }

  private named(type: NamedType): NamedType {
    const aliases = [...type.aliases].sort((first, second) =>
      inOrder(aliasSeenFrom(first, type.name), aliasSeenFrom(second, type.name)),
    )
    const changed = { ...type, doc: type.doc || undefined, aliases, properties: logicalFirst(type) }
    if (changed.kind !== 'record') {
      this.done.set(type, changed)
      return changed
    }
    const record: RecordType = { ...changed, isError: false, fields: [] }
    this.done.set(type, record)
    for (const field of changed.fields) record.fields.push(this.field(field))
    return record
  }

  private field(field: Field): Field {
    const byDefault = field.default === undefined ? undefined : normalizedDefault(field.type, field.default)
    return {
      ...field,
      type: this.type(field.type),
      default: byDefault === undefined ? undefined : sorted(byDefault),
      aliases: [...field.aliases].sort(inOrder),
      properties: sortedMap(field.properties),
    }
  }
}

function logicalFirst(type: Exclude<AvroType, { kind: 'union' }>): Properties {
  const logical = logicalTypeOf(type)
  const first: [string, ExactJson][] = []
  if (logical) first.push(['logicalType', logical.name])
  if (logical?.name === 'decimal') {
    first.push(['precision', new JsonNumber(String(logical.precision))])
    if (logical.scale !== 0) first.push(['scale', new JsonNumber(String(logical.scale))])
  }
  // A key that comes again keeps its place.
  return new Map([...first, ...sortedMap(type.properties)])
}

function sorted(json: ExactJson): ExactJson {
  if (Array.isArray(json)) return json.map(sorted)
  return json instanceof Map ? sortedMap(json) : json
}

function sortedMap(map: ReadonlyMap<string, ExactJson>): Map<string, ExactJson> {
  const entries = [...map].sort(([first], [second]) => inOrder(first, second))
  return new Map(entries.map(([key, value]) => [key, sorted(value)]))
}

/** As Java compares strings: by code unit. */
const inOrder = (first: string, second: string): number => (first < second ? -1 : first > second ? 1 : 0)
