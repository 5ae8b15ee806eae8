import { type ExactJson, JsonNumber } from '../../exact-json.ts'
import { Misfit, shown } from './misfit.ts'
import { type Instant, parseDuration, parseTimestamp } from './times.ts'

type Plain = Map<string, ExactJson>

/** The JSON of a well-known type, Any aside, as that of an ordinary message with its fields. */
export function plainJson(name: string, json: ExactJson): Plain {
  switch (name) {
    case 'Timestamp':
      return instant(json, 'a time such as "2026-01-31T12:00:00Z"', parseTimestamp)
    case 'Duration':
      return instant(json, 'a duration such as "1.5s"', parseDuration)
    case 'FieldMask':
      return new Map([['paths', pathsOf(json)]])
    case 'Struct':
      if (!(json instanceof Map)) throw new Misfit(`expected an object, found ${shown(json)}`)
      return new Map([['fields', json]])
    case 'ListValue':
      if (!Array.isArray(json)) throw new Misfit(`expected an array, found ${shown(json)}`)
      return new Map([['values', json]])
    case 'Value':
      return new Map([[kindOf(json), json]])
    default:
      return new Map([['value', json]])
  }
}

function instant(json: ExactJson, wanted: string, parse: (text: string) => Instant | undefined): Plain {
  const parsed = typeof json === 'string' ? parse(json) : undefined
  if (parsed === undefined) throw new Misfit(`expected ${wanted}, found ${shown(json)}`)
  return new Map([
    ['seconds', new JsonNumber(String(parsed.seconds))],
    ['nanos', new JsonNumber(String(parsed.nanos))],
  ])
}

/** `aB.c,d` as `a_b.c` and `d`. */
function pathsOf(json: ExactJson): string[] {
  if (typeof json !== 'string') throw new Misfit(`expected paths such as "a.b,c", found ${shown(json)}`)
  const paths = json.split(',').filter((path) => path !== '')
  return paths.map((path) => path.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`))
}

/** The field of google.protobuf.Value for it. */
function kindOf(json: ExactJson): string {
  if (json === null) return 'null_value'
  if (typeof json === 'boolean') return 'bool_value'
  if (typeof json === 'string') return 'string_value'
  if (json instanceof JsonNumber) return 'number_value'
  return Array.isArray(json) ? 'list_value' : 'struct_value'
}

export interface AnyContent {
  readonly typeUrl: string
  readonly typeName: string
  /** The object without `@type`. */
  readonly fields: Plain
  /** Of a well-known type. */
  readonly value: ExactJson | undefined
}

/** What an Any holds; undefined for an empty one. */
export function anyContent(json: ExactJson): AnyContent | undefined {
  if (!(json instanceof Map)) throw new Misfit(`expected an object with "@type", found ${shown(json)}`)
  if (json.size === 0) return undefined
  const fields = new Map(json)
  const typeUrl = fields.get('@type')
  if (typeof typeUrl !== 'string' || !typeUrl.includes('/'))
    throw new Misfit('expected "@type" with the URL of a type, such as "type.googleapis.com/a.Message"')
  fields.delete('@type')
  return { typeUrl, typeName: typeUrl.slice(typeUrl.lastIndexOf('/') + 1), fields, value: fields.get('value') }
}
