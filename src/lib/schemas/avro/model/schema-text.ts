import type { ExactJson } from '../../exact-json.ts'
import { jsonText, quote } from '../jackson.ts'
import { type AvroType, type Field, isNamed, type NamedType, type Properties } from './types.ts'
import { nameSeenFrom } from './names.ts'

/**
 * As Java's Schema.toString writes it, which is what Confluent's registry keeps and returns. `known` has the full names
 * of types that are only named here: those of references. A type is described where it first stands.
 */
export function schemaText(type: AvroType, known: Iterable<string>): string {
  return new Writer(new Set(known)).text(type, undefined)
}

class Writer {
  constructor(private readonly known: Set<string>) {}

  text(type: AvroType, space: string | undefined): string {
    if (isNamed(type)) return this.named(type, space)
    switch (type.kind) {
      case 'union':
        return `[${type.branches.map((branch) => this.text(branch, space)).join(',')}]`
      case 'array':
        return `{"type":"array","items":${this.text(type.items, space)}${members(type.properties)}}`
      case 'map':
        return `{"type":"map","values":${this.text(type.values, space)}${members(type.properties)}}`
      default:
        return type.properties.size === 0 ? quote(type.kind) : `{"type":"${type.kind}"${members(type.properties)}}`
    }
  }

  private named(type: NamedType, space: string | undefined): string {
    const { name, doc, aliases, properties } = type
    if (this.known.has(name.full)) return quote(nameSeenFrom(name, space))
    this.known.add(name.full)
    const word = type.kind === 'record' && type.isError ? 'error' : type.kind
    const head = `{"type":"${word}","name":${quote(name.name)}`
    const ownSpace = name.space === space ? '' : `,"namespace":${quote(name.space ?? '')}`
    const also = list(
      'aliases',
      aliases.map((alias) => nameSeenFrom(alias, name.space)),
    )
    return `${head}${ownSpace}${text('doc', doc)}${this.content(type)}${members(properties)}${also}}`
  }

  private content(type: NamedType): string {
    if (type.kind === 'fixed') return `,"size":${type.size}`
    if (type.kind === 'enum') return `,"symbols":[${type.symbols.map(quote).join(',')}]${text('default', type.default)}`
    return `,"fields":[${type.fields.map((field) => this.field(field, type.name.space)).join(',')}]`
  }

  private field(field: Field, space: string | undefined): string {
    const { name, doc, default: byDefault, order, aliases, properties } = field
    const start = `{"name":${quote(name)},"type":${this.text(field.type, space)}${text('doc', doc)}`
    const orderText = text('order', order === 'ascending' ? undefined : order)
    return `${start}${member('default', byDefault)}${orderText}${list('aliases', aliases)}${members(properties)}}`
  }
}

const member = (key: string, value: ExactJson | undefined): string =>
  value === undefined ? '' : `,${quote(key)}:${jsonText(value)}`

const text = (key: string, value: string | undefined): string => member(key, value)

const list = (key: string, values: readonly string[]): string => (values.length === 0 ? '' : member(key, [...values]))

const members = (properties: Properties): string => [...properties].map(([key, value]) => member(key, value)).join('')
