import { javaDouble } from '../../../java/number.ts'
import { type ExactJson, JsonNumber, parseExactJson } from '../../exact-json.ts'
import { type ParseOptions, type ResolvedReference, SchemaError, SchemaTooLargeError } from '../../format.ts'
import { DefaultRules, type Scope } from './defaults.ts'
import { shown } from '../jackson.ts'
import {
  type ArrayType,
  type AvroType,
  type EnumType,
  type Field,
  type FixedType,
  isPrimitive,
  labelOf,
  type MapType,
  type NamedType,
  type Order,
  ORDERS,
  type Properties,
  type RecordType,
  type UnionType,
} from './types.ts'
import { checkName, checkPart, nameIn } from './names.ts'
import { isSameType } from './same-type.ts'

/** Kafka's limit for a record, which is where a registry keeps a text. */
const LONGEST_TEXT = 1 << 20
/** Of JSON: some 10,000 fields. To read, compare and write more would hold up whoever waits for a registry. */
const MOST_VALUES = 40_000
const DEEPEST = 150
/** The longest array of Java. */
const LARGEST_FIXED = 2 ** 31 - 9

const RESERVED: ReadonlySet<string> = new Set(
  'doc fields items name namespace size symbols values type aliases'.split(' '),
)
const ENUM_RESERVED: ReadonlySet<string> = new Set([...RESERVED, 'default'])
const FIELD_RESERVED: ReadonlySet<string> = new Set('default doc name order type aliases'.split(' '))

/** Strings are matched to be passed over. */
const STRING_OR_COMMENT = /"[^"\\]*(?:\\[^][^"\\]*)*"?|\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)/g

type JsonObject = Map<string, ExactJson>
type Put<T> = (type: T) => void

/** Where a type stands: in which namespace, in which records, how deep. */
interface Place {
  readonly space: string | undefined
  readonly scope: Scope | undefined
  readonly depth: number
}

/**
 * Reads types by the rules of Avro's Schema.Parser 1.12 as Confluent's registry uses it: names are ASCII,
 * except in a text that a registry has kept, and defaults fit their types where that is asked for. A name may be used
 * before its type is defined, and in the texts that are parsed later. Every method throws SchemaError.
 */
export class SchemaParser {
  private readonly types = new Map<string, NamedType>()
  /** What can be done only when every name of the text is known. */
  private readonly later: (() => void)[] = []
  private readonly defaults = new DefaultRules()

  private readonly isKept: boolean
  private readonly validatesDefaults: boolean

  constructor({ isKept = false, validatesDefaults = false }: ParseOptions) {
    this.isKept = isKept
    this.validatesDefaults = validatesDefaults
  }

  parse(text: string): AvroType {
    if (text.length > LONGEST_TEXT) {
      throw new SchemaTooLargeError(`a schema has ${LONGEST_TEXT} characters at most, and this one ${text.length}`)
    }
    let top: AvroType | undefined
    this.type(
      parseExactJson(withoutComments(text), MOST_VALUES),
      { space: undefined, scope: undefined, depth: 0 },
      (type) => {
        top = type
      },
    )
    for (const act of this.later.splice(0)) act()
    return top!
  }

  parseReference({ name, text }: ResolvedReference): AvroType {
    try {
      return this.parse(text)
    } catch (error) {
      throw error instanceof SchemaError ? new SchemaError(`the reference ${name}: ${error.message}`) : error
    }
  }

  /** Hands the type to `put`, at once or when its name is known. */
  private type(json: ExactJson, place: Place, put: Put<AvroType>): void {
    if (place.depth > DEEPEST) throw new SchemaError(`types nest deeper than ${DEEPEST} levels`)
    const inner = { ...place, depth: place.depth + 1 }
    if (typeof json === 'string') this.reference(json, place.space, put)
    else if (Array.isArray(json)) put(this.union(json, inner))
    else if (json instanceof Map) put(this.described(json, inner))
    else throw new SchemaError(`a type is a name, an object or a list, and not ${shown(json)}`)
  }

  private reference(text: string, space: string | undefined, put: Put<AvroType>): void {
    if (isPrimitive(text)) return put({ kind: text, properties: new Map() })
    const fullName = space !== undefined && !text.includes('.') ? `${space}.${text}` : text
    const known = this.types.get(fullName) ?? this.types.get(text)
    if (known !== undefined) return put(known)
    this.later.push(() => {
      const type = this.types.get(fullName)
      if (type === undefined) throw new SchemaError(`no type is named ${fullName}`)
      put(type)
    })
  }

  private union(json: readonly ExactJson[], place: Place): UnionType {
    const branches: AvroType[] = []
    const labels = new Set<string>()
    json.forEach((branch, index) =>
      this.type(branch, place, (type) => {
        if (type.kind === 'union') throw new SchemaError('a union has a union as a branch of its own')
        const label = labelOf(type)
        if (labels.has(label)) throw new SchemaError(`a union has the branch ${label} twice`)
        labels.add(label)
        branches[index] = type
      }),
    )
    return { kind: 'union', branches }
  }

  private described(json: JsonObject, place: Place): AvroType {
    const kind = json.get('type')
    if (typeof kind !== 'string') throw new SchemaError(`"type" names no type in ${shown(json)}`)
    if (isPrimitive(kind)) return { kind, properties: rest(json, RESERVED) }
    switch (kind) {
      case 'record':
      case 'error':
        return this.record(json, place)
      case 'enum':
        return this.enum(json, place)
      case 'fixed':
        return this.fixed(json, place)
      case 'array':
        return this.array(json, place)
      case 'map':
        return this.map(json, place)
      default:
        throw new SchemaError(`"type": ${JSON.stringify(kind)} describes no type; one that has a name is only named`)
    }
  }

  private array(json: JsonObject, place: Place): ArrayType {
    const array: ArrayType = { kind: 'array', items: UNKNOWN, properties: rest(json, RESERVED) }
    this.type(required(json, 'items', 'array'), place, (type) => {
      array.items = type
    })
    return array
  }

  private map(json: JsonObject, place: Place): MapType {
    const map: MapType = { kind: 'map', values: UNKNOWN, properties: rest(json, RESERVED) }
    this.type(required(json, 'values', 'map'), place, (type) => {
      map.values = type
    })
    return map
  }

  private record(json: JsonObject, place: Place): RecordType {
    const named = this.named(json, place, RESERVED)
    const record: RecordType = { kind: 'record', isError: json.get('type') === 'error', fields: [], ...named }
    const inner: Place = { space: record.name.space, scope: { record, outer: place.scope }, depth: place.depth }
    for (const field of list(json, 'fields', record.name.full)) record.fields.push(this.field(field, inner))
    const names = new Set<string>()
    for (const { name } of record.fields) {
      if (names.has(name)) throw new SchemaError(`the record ${record.name.full} has the field ${name} twice`)
      names.add(name)
    }
    this.define(record)
    return record
  }

  private field(json: ExactJson, place: Place): Field {
    const name = json instanceof Map ? json.get('name') : undefined
    const { record } = place.scope!
    if (!(json instanceof Map) || typeof name !== 'string') {
      throw new SchemaError(`a field of the record ${record.name.full} has no name: ${shown(json)}`)
    }
    checkPart(name, 'the field', this.isKept)
    const field: Field = {
      name,
      type: UNKNOWN,
      doc: textOf(json, 'doc'),
      default: json.get('default'),
      order: orderOf(json),
      aliases: aliasesOf(json),
      properties: rest(json, FIELD_RESERVED),
    }
    this.type(required(json, 'type', `field ${name}`), place, (type) => {
      field.type = type
      field.default = numberInText(type, field.default)
    })
    if (this.validatesDefaults) this.later.push(() => this.defaults.check(field, place.scope!))
    return field
  }

  private enum(json: JsonObject, place: Place): EnumType {
    const named = this.named(json, place, ENUM_RESERVED)
    const { full } = named.name
    const symbols = list(json, 'symbols', full).map((symbol) => {
      if (typeof symbol !== 'string')
        throw new SchemaError(`the enum ${full} has a symbol that is no text: ${shown(symbol)}`)
      checkPart(symbol, `the symbol`, this.isKept)
      return symbol
    })
    if (new Set(symbols).size < symbols.length) throw new SchemaError(`the enum ${full} has a symbol twice`)
    const byDefault = textOf(json, 'default')
    if (byDefault !== undefined && !symbols.includes(byDefault)) {
      throw new SchemaError(`the default of the enum ${full} is no symbol of it: ${shown(byDefault)}`)
    }
    return this.define({ kind: 'enum', symbols, default: byDefault, ...named })
  }

  private fixed(json: JsonObject, place: Place): FixedType {
    const named = this.named(json, place, RESERVED)
    const size = json.get('size')
    if (!(size instanceof JsonNumber) || !/^\d{1,10}$/.test(size.text) || Number(size.text) > LARGEST_FIXED) {
      throw new SchemaError(`the fixed ${named.name.full} needs a "size" of 0 to ${LARGEST_FIXED} bytes`)
    }
    return this.define({ kind: 'fixed', size: Number(size.text), ...named })
  }

  private named(json: JsonObject, place: Place, reserved: ReadonlySet<string>) {
    const text = textOf(json, 'name')
    if (text === undefined) throw new SchemaError(`a type has no name: ${shown(json)}`)
    const name = nameIn(text, textOf(json, 'namespace') ?? place.space)
    checkName(name, this.isKept)
    if (isPrimitive(name.full)) throw new SchemaError(`a type is named ${name.full}, as one of Avro's own`)
    const aliases = aliasesOf(json).map((alias) => nameIn(alias, name.space))
    for (const alias of aliases) checkPart(alias.name, 'the alias', this.isKept)
    return { name, doc: textOf(json, 'doc'), aliases, properties: rest(json, reserved) }
  }

  private define<T extends NamedType>(type: T): T {
    const known = this.types.get(type.name.full)
    if (known === undefined) this.types.set(type.name.full, type)
    else {
      this.later.push(() => {
        if (!isSameType(known, type)) throw new SchemaError(`${type.name.full} is defined twice, and not alike`)
      })
    }
    return type
  }
}

/** Stands where a type is not known yet. */
const UNKNOWN: AvroType = { kind: 'null', properties: new Map() }

const withoutComments = (text: string): string =>
  text.includes('//') || text.includes('/*')
    ? text.replace(STRING_OR_COMMENT, (match) => (match.startsWith('"') ? match : ' '))
    : text

function required(json: JsonObject, key: string, what: string): ExactJson {
  const value = json.get(key)
  if (value === undefined) throw new SchemaError(`the ${what} has no "${key}": ${shown(json)}`)
  return value
}

function list(json: JsonObject, key: string, name: string): ExactJson[] {
  const value = json.get(key)
  if (!Array.isArray(value)) throw new SchemaError(`${name} has no list of "${key}"`)
  return value
}

function textOf(json: JsonObject, key: string): string | undefined {
  const value = json.get(key)
  return typeof value === 'string' ? value : undefined
}

function orderOf(json: JsonObject): Order {
  const value = json.get('order')
  if (value === undefined) return 'ascending'
  const order = ORDERS.find((word) => typeof value === 'string' && word === value.toLowerCase())
  if (order === undefined) throw new SchemaError(`"order" is ${ORDERS.join(', ')}, and not ${shown(value)}`)
  return order
}

function aliasesOf(json: JsonObject): string[] {
  const value = json.get('aliases')
  if (value === undefined) return []
  if (!Array.isArray(value) || !value.every((alias) => typeof alias === 'string')) {
    throw new SchemaError(`"aliases" is a list of names, and not ${shown(value)}`)
  }
  return [...new Set(value)]
}

/** Java takes the text of a number as the default of a float or double, NaN for one. */
function numberInText(type: AvroType, value: ExactJson | undefined): ExactJson | undefined {
  if ((type.kind !== 'float' && type.kind !== 'double') || typeof value !== 'string') return value
  const number = Number(value.trim() || 'none')
  return Number.isNaN(number) && value !== 'NaN' ? value : new JsonNumber(javaDouble(number))
}

function rest(json: JsonObject, reserved: ReadonlySet<string>): Properties {
  return new Map([...json].filter(([key]) => !reserved.has(key)))
}
