import { javaDouble, javaFloat } from '../../java/number.ts'
import { type ExactJson, JsonNumber } from '../exact-json.ts'

const NEEDS_ESCAPE = /["\\\u0000-\u001f]/
const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
}

/** A JSON string as Jackson writes it: JSON.stringify has small letters in `\u001F`. */
export const quote = (text: string): string => `"${NEEDS_ESCAPE.test(text) ? escaped(text) : text}"`

/** Bytes are text in Avro's JSON, a character each. */
export const quoteLatin1 = (bytes: Buffer): string => quote(bytes.toString('latin1'))

const unicodeEscape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`

const escaped = (text: string): string =>
  text.replace(/["\\\u0000-\u001f]/g, (char) => SHORT_ESCAPES[char] ?? unicodeEscape(char))

/** The same where Jackson writes bytes, as for a value: it has no four bytes of UTF-8 for a surrogate pair. */
export const quoteInBytes = (text: string): string => quote(text).replace(/[\ud800-\udfff]/g, unicodeEscape)

/** A float or double as Jackson writes it; JSON has no word for NaN and the infinities. */
export const doubleText = (value: number): string =>
  Number.isFinite(value) ? javaDouble(value) : `"${javaDouble(value)}"`

/** `value` holds a 32-bit float. */
export const floatText = (value: number): string =>
  Number.isFinite(value) ? javaFloat(value) : `"${javaFloat(value)}"`

/** A document without blanks as Jackson writes it: of a number with a fraction or exponent it keeps the double. */
export function jsonText(json: ExactJson): string {
  if (typeof json === 'string') return quote(json)
  if (json instanceof JsonNumber) return exactNumberText(json.text)
  if (Array.isArray(json)) return `[${json.map(jsonText).join(',')}]`
  if (json instanceof Map) return `{${[...json].map(([key, value]) => `${quote(key)}:${jsonText(value)}`).join(',')}}`
  return String(json)
}

function exactNumberText(text: string): string {
  if (isIntegral(text)) return text === '-0' ? '0' : text
  return doubleText(Number(text))
}

export const isIntegral = (number: string): boolean => /^-?\d+$/.test(number)

/** The beginning of a document, to be named in an error. */
export function shown(json: ExactJson): string {
  const text = jsonText(json)
  return text.length > 60 ? `${text.slice(0, 60)} …` : text
}
