import { SchemaError } from '../format.ts'
import type { AvroType, EnumType, Field, FixedType, NamedType, RecordType, UnionType } from './model/types.ts'
import { aliasSeenFrom } from './model/names.ts'

/** Schemas may ask for the comparison of each type of one with each of the other. */
const MOST_PAIRS = 100_000
const DEEPEST = 500
/** What is told; reasons multiply where a type is used twice by one that is used twice. */
const MOST_REASONS = 200

interface Reason {
  readonly errorType: keyof typeof DESCRIPTIONS
  /** A JSON pointer into the schema of the reader. */
  readonly path: string
  readonly info: string
}

/** In the words of Confluent's client (Difference.java). */
const DESCRIPTIONS = {
  FIXED_SIZE_MISMATCH: (path: string) =>
    `The size of FIXED type field at path '${path}' in the reader schema does not match with the writer schema`,
  TYPE_MISMATCH: (path: string) =>
    `The type (path '${path}') of a field in the reader schema does not match with the writer schema`,
  NAME_MISMATCH: (path: string) => `The name of the schema has changed (path '${path}')`,
  MISSING_ENUM_SYMBOLS: (path: string, info: string) =>
    `The reader schema is missing enum symbols '${info}' at path '${path}' in the writer schema`,
  MISSING_UNION_BRANCH: (path: string) =>
    `The reader schema is missing a type inside a union field at path '${path}' in the writer schema`,
  READER_FIELD_MISSING_DEFAULT_VALUE: (path: string, info: string) =>
    `The field '${info}' at path '${path}' in the reader schema has no default value and is missing in the writer schema`,
} as const

/** Why what was written with `writer` may not be readable with `reader`: Avro's SchemaCompatibility, rule by rule. */
export function incompatibilities(reader: AvroType, writer: AvroType): string[] {
  return new Comparison().compare(reader, writer, []).map(({ errorType, path, info }) => {
    const description = DESCRIPTIONS[errorType](path, info)
    return `{errorType:'${errorType}', description:'${description}', additionalInfo:'${info}'}`
  })
}

/** Kinds whose values a reader of another kind takes as its own. */
const PROMOTIONS: Partial<Record<AvroType['kind'], readonly AvroType['kind'][]>> = {
  long: ['int'],
  float: ['int', 'long'],
  double: ['int', 'long', 'float'],
  bytes: ['string'],
  string: ['bytes'],
}

type Path = readonly string[]

class Comparison {
  /** What is known of pairs; those that are still being compared have nothing against them. */
  private readonly known = new Map<AvroType, Map<AvroType, readonly Reason[]>>()
  private pairs = 0
  private depth = 0

  compare(reader: AvroType, writer: AvroType, path: Path): readonly Reason[] {
    let ofReader = this.known.get(reader)
    if (ofReader === undefined) this.known.set(reader, (ofReader = new Map()))
    const found = ofReader.get(writer)
    if (found !== undefined) return found
    this.pairs += 1
    this.depth += 1
    if (this.pairs > MOST_PAIRS || this.depth > DEEPEST)
      throw new SchemaError('the schemas are too entangled to compare')
    ofReader.set(writer, [])
    const reasons = this.reasons(reader, writer, path).slice(0, MOST_REASONS)
    ofReader.set(writer, reasons)
    this.depth -= 1
    return reasons
  }

  private reasons(reader: AvroType, writer: AvroType, path: Path): readonly Reason[] {
    if (reader.kind === 'union' && writer.kind === 'union') return this.unions(reader, writer, path)
    if (writer.kind === 'union') {
      return writer.branches.flatMap((branch, index) => this.compare(reader, branch, [...path, String(index)]))
    }
    if (reader.kind === 'union') {
      const takes = reader.branches.some((branch) => this.compare(branch, writer, []).length === 0)
      return takes ? [] : [missingBranch(writer, path)]
    }
    if (reader.kind === 'record' && writer.kind === 'record') {
      return [...names(reader, writer, path), ...this.fields(reader, writer, path)]
    }
    if (reader.kind === 'enum' && writer.kind === 'enum') {
      return [...names(reader, writer, path), ...symbols(reader, writer, path)]
    }
    if (reader.kind === 'fixed' && writer.kind === 'fixed') {
      return [...names(reader, writer, path), ...sizes(reader, writer, path)]
    }
    if (reader.kind === 'array' && writer.kind === 'array') {
      return this.compare(reader.items, writer.items, [...path, 'items'])
    }
    if (reader.kind === 'map' && writer.kind === 'map') {
      return this.compare(reader.values, writer.values, [...path, 'values'])
    }
    const isTaken = reader.kind === writer.kind || PROMOTIONS[reader.kind]?.includes(writer.kind)
    return isTaken ? [] : [mismatch(reader, writer, path)]
  }

  private unions(reader: UnionType, writer: UnionType, path: Path): Reason[] {
    return writer.branches.flatMap((branch, index) =>
      this.compare(reader, branch, []).length === 0 ? [] : [missingBranch(branch, [...path, String(index)])],
    )
  }

  private fields(reader: RecordType, writer: RecordType, path: Path): Reason[] {
    const written = new Map(writer.fields.map((field) => [field.name, field]))
    return reader.fields.flatMap((field, index) => {
      const place = [...path, 'fields', String(index)]
      const source = writtenField(field, written)
      if (source !== undefined) return this.compare(field.type, source.type, [...place, 'type'])
      if (field.default !== undefined) return []
      // Avro compares the enum with the whole record, which does not fit.
      if (field.type.kind === 'enum' && field.type.default !== undefined) {
        return this.compare(field.type, writer, [...place, 'type'])
      }
      return [reason('READER_FIELD_MISSING_DEFAULT_VALUE', place, field.name)]
    })
  }
}

/** Under the name of the reader's field, or one of its aliases. */
function writtenField(field: Field, written: ReadonlyMap<string, Field>): Field | undefined {
  const sources = [field.name, ...field.aliases].flatMap((name) => written.get(name) ?? [])
  if (sources.length > 1)
    throw new SchemaError(`the field ${field.name} and its aliases name several fields of the writer`)
  return sources[0]
}

/** Namespaces do not count, unless an alias says them. */
function names(reader: NamedType, writer: NamedType, path: Path): Reason[] {
  if (reader.name.name === writer.name.name) return []
  if (reader.aliases.some((alias) => aliasSeenFrom(alias, reader.name) === writer.name.full)) return []
  return [reason('NAME_MISMATCH', [...path, 'name'], `expected: ${writer.name.full}`)]
}

function symbols(reader: EnumType, writer: EnumType, path: Path): Reason[] {
  const missing = writer.symbols.filter((symbol) => !reader.symbols.includes(symbol)).sort()
  if (missing.length === 0 || reader.default !== undefined) return []
  return [reason('MISSING_ENUM_SYMBOLS', [...path, 'symbols'], `[${missing.join(', ')}]`)]
}

const sizes = (reader: FixedType, writer: FixedType, path: Path): Reason[] =>
  reader.size === writer.size
    ? []
    : [reason('FIXED_SIZE_MISMATCH', [...path, 'size'], `expected: ${writer.size}, found: ${reader.size}`)]

const missingBranch = (writer: AvroType, path: Path): Reason =>
  reason('MISSING_UNION_BRANCH', path, `reader union lacking writer type: ${inCapitals(writer)}`)

const mismatch = (reader: AvroType, writer: AvroType, path: Path): Reason =>
  reason(
    'TYPE_MISMATCH',
    path,
    `reader type: ${inCapitals(reader)} not compatible with writer type: ${inCapitals(writer)}`,
  )

const inCapitals = ({ kind }: AvroType): string => kind.toUpperCase()

const reason = (errorType: Reason['errorType'], path: Path, info: string): Reason => ({
  errorType,
  path: `/${path.join('/')}`,
  info,
})
