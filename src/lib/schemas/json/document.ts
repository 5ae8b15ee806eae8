import { layOutJson } from '../../json-text.ts'
import { SchemaError, SchemaTooLargeError } from '../format.ts'

/** A schema as JSON: true, false, or an object of keywords. */
export type JsonSchema = boolean | Keywords
export type Keywords = Readonly<Record<string, unknown>>

/** The numbers are not read here, so that every digit of a text stays. */
export interface JsonText {
  readonly value: unknown
  /** Without blanks. */
  readonly compact: string
}

/** Deeper than people write, and far from the end of the stack for who walks it. */
const DEEPEST = 200

export interface JsonLimits {
  readonly characters: number
  readonly values: number
}

const VALUE_LIMITS: JsonLimits = { characters: 16 * 1024 * 1024, values: Infinity }

/** Throws SchemaError for what is no JSON, nests too deep or is too large; `what` says of what it is. */
export function readJson(text: string, what: string, limits = VALUE_LIMITS): JsonText {
  const { characters } = limits
  if (text.length > characters) throw new SchemaTooLargeError(`${what} is longer than ${characters} characters`)
  checkExtent(text, what, limits.values)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new SchemaError(`${what} is not JSON: ${(error as Error).message}`)
  }
  return { value, compact: layOutJson(text)! }
}

function checkExtent(text: string, what: string, mostValues: number): void {
  let depth = 0
  let values = 1
  let isInString = false
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (isInString) {
      if (code === 0x5c) at += 1
      else if (code === 0x22) isInString = false
    } else if (code === 0x22) isInString = true
    else if (code === 0x7b || code === 0x5b) depth += 1
    else if (code === 0x7d || code === 0x5d) depth -= 1
    else if (code === 0x2c) values += 1
    if (depth > DEEPEST) throw new SchemaError(`${what} nests deeper than ${DEEPEST} levels`)
    if (values > mostValues) throw new SchemaTooLargeError(`${what} has more than ${mostValues} values`)
  }
}

export const isObject = (value: unknown): value is Keywords =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const isSchema = (value: unknown): value is JsonSchema => typeof value === 'boolean' || isObject(value)

/** Equal as JSON values: the order of members is not looked at. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => isEqual(item, b[index]))
  if (!isObject(a) || !isObject(b)) return false
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && isEqual(a[name], b[name]))
  )
}
