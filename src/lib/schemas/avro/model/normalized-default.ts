import { javaDouble, javaFloat } from '../../../java/number.ts'
import { type ExactJson, JsonNumber } from '../../exact-json.ts'
import { isIntegral } from '../jackson.ts'
import type { AvroType } from './types.ts'

/**
 * A default as its type writes it: `1` of a double becomes `1.0`. Undefined for what no value of the type is, which a
 * registry drops (JacksonUtils.toObject of Avro).
 */
export function normalizedDefault(type: AvroType | undefined, json: ExactJson): ExactJson | undefined {
  if (json === null || typeof json === 'boolean') return json
  if (type?.kind === 'union') return inUnion(type.branches, json)
  if (json instanceof JsonNumber) return ofNumber(type, json)
  if (typeof json === 'string') return ofString(type, json)
  if (Array.isArray(json)) {
    if (type !== undefined && type.kind !== 'array') return undefined
    return json.flatMap((item) => normalizedDefault(type?.items, item) ?? [])
  }
  return ofObject(type, json)
}

function inUnion(branches: readonly AvroType[], json: ExactJson): ExactJson | undefined {
  for (const branch of branches) {
    const value = branch.kind === 'null' ? undefined : normalizedDefault(branch, json)
    if (value !== undefined) return value
  }
  return undefined
}

function ofNumber(type: AvroType | undefined, number: JsonNumber): ExactJson | undefined {
  const kind = type?.kind
  if (kind === undefined) return number
  if (kind === 'float') return float(javaFloat(Math.fround(Number(number.text))))
  if (kind === 'double') return float(javaDouble(Number(number.text)))
  return isIntegral(number.text) && (kind === 'int' || kind === 'long') ? number : undefined
}

/** JSON has no word for the infinities. */
const float = (text: string): ExactJson => (/\d/.test(text) ? new JsonNumber(text) : text)

function ofString(type: AvroType | undefined, text: string): ExactJson | undefined {
  const kind = type?.kind
  if (kind === undefined || kind === 'string' || kind === 'enum') return text
  if (kind === 'float' || kind === 'double') return text
  return kind === 'bytes' || kind === 'fixed' ? text.replace(/[^\u0000-\u00ff]/gu, '?') : undefined
}

function ofObject(type: AvroType | undefined, object: ReadonlyMap<string, ExactJson>): ExactJson | undefined {
  if (type !== undefined && type.kind !== 'map' && type.kind !== 'record') return undefined
  const fields = new Map(type?.kind === 'record' ? type.fields.map((field) => [field.name, field.type]) : [])
  const members = new Map<string, ExactJson>()
  for (const [key, value] of object) {
    const member = normalizedDefault(type?.kind === 'map' ? type.values : fields.get(key), value)
    if (member !== undefined) members.set(key, member)
  }
  return members
}
