import { isIntegral } from '../jackson.ts'
import { CLOSE_OBJECT, OPEN_OBJECT, type JsonCursor, type JsonKind } from './json-cursor.ts'
import { logicalTypeOf } from '../model/logical-types.ts'
import type { AvroType, RecordType } from '../model/types.ts'
import { isTime } from './times.ts'

/** What a value of this type may be in JSON. NaN and the infinities are strings, and in a union ask for its wrapper. */
export function kindsOf(type: AvroType): readonly JsonKind[] {
  const logical = logicalTypeOf(type)?.name
  switch (type.kind) {
    case 'null':
    case 'boolean':
    case 'string':
    case 'array':
      return [type.kind]
    case 'int':
    case 'long':
      return isTime(logical) ? ['number', 'string'] : ['number']
    case 'float':
    case 'double':
      return ['number']
    case 'bytes':
    case 'fixed':
      if (logical === 'duration') return ['string', 'object']
      return logical === 'decimal' || logical === 'big-decimal' ? ['string', 'number'] : ['string']
    case 'enum':
      return ['string']
    case 'map':
    case 'record':
      return ['object']
    case 'union':
      return []
  }
}

/** Whether the next value, of a kind that the type has, looks like one of it at a glance; it stays where it is. */
export function looksLike(type: AvroType, json: JsonCursor): boolean {
  const start = json.at
  const looks = glance(type, json)
  json.at = start
  return looks
}

function glance(type: AvroType, json: JsonCursor): boolean {
  const kind = json.kind()
  if (kind === 'string') return isTextOf(type, json.string())
  if (kind === 'number') return isNumberOf(type, json.number())
  return type.kind !== 'record' || hasFieldsOf(type, json)
}

function isTextOf(type: AvroType, text: string): boolean {
  if (type.kind === 'enum') return type.symbols.includes(text)
  if (type.kind === 'int' || type.kind === 'long') return /^[+-]?\d+[-:]/.test(text)
  if (type.kind === 'bytes') return isLatin1(text)
  if (type.kind !== 'fixed') return true
  return (text.length === type.size && isLatin1(text)) || (logicalTypeOf(type)?.name === 'uuid' && text.length === 36)
}

/** Whether every character is a byte. */
export const isLatin1 = (text: string): boolean => /^[\u0000-\u00ff]*$/.test(text)

function isNumberOf(type: AvroType, token: string): boolean {
  if (type.kind !== 'int' && type.kind !== 'long') return true
  return isIntegral(token) && isInRange(Number(token), type.kind)
}

/** For a glance: at the ends of a long a number is not exact. */
const isInRange = (value: number, kind: 'int' | 'long'): boolean =>
  kind === 'int' ? value === (value | 0) : Math.abs(value) <= 2 ** 63

function hasFieldsOf({ fields }: RecordType, json: JsonCursor): boolean {
  const names = new Map(fields.flatMap((field) => [field.name, ...field.aliases].map((name) => [name, field])))
  const missing = new Set(fields.filter((field) => field.default === undefined))
  let isKnown = true
  json.enter(OPEN_OBJECT, 'an object')
  for (let isFirst = true; isKnown && json.hasMore(CLOSE_OBJECT, isFirst); isFirst = false) {
    const field = names.get(json.key())
    if (field === undefined) isKnown = false
    else missing.delete(field)
    json.skip()
  }
  json.leave()
  return isKnown && missing.size === 0
}
