import { isUtf8 } from 'node:buffer'
import { SchemaError } from '../../format.ts'
import type { Input } from './input.ts'

/** What JsonFormat escapes, as Gson does by default: also what means something in HTML. */
const ESCAPED = /[\u0000-\u001f"\\<>&='\u2028\u2029]/g
const NEEDS_ESCAPE = new RegExp(ESCAPED.source)

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\t': '\\t',
  '\b': '\\b',
  '\n': '\\n',
  '\r': '\\r',
  '\f': '\\f',
}

/** The bytes that stand for themselves in a JSON string. */
const IS_PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 0x80 && !NEEDS_ESCAPE.test(String.fromCharCode(byte)) ? 1 : 0,
)

export const jsonString = (text: string): string =>
  `"${NEEDS_ESCAPE.test(text) ? text.replace(ESCAPED, escape) : text}"`

const escape = (character: string): string =>
  SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/** A string field as JSON; what is not UTF-8 is refused, or replaced where the file does not ask for UTF-8. */
export function readJsonString(input: Input, isUtf8Checked: boolean): string {
  const end = input.lengthDelimited()
  const { bytes, at } = input
  input.at = end
  let plain = at
  while (plain < end && IS_PLAIN[bytes[plain]!] === 1) plain += 1
  if (plain === end) return `"${bytes.toString('latin1', at, end)}"`
  const text = bytes.toString('utf8', at, end)
  if (isUtf8Checked && text.includes('\uFFFD') && !isUtf8(bytes.subarray(at, end)))
    throw new SchemaError(`the string before byte ${end} is not UTF-8`)
  return jsonString(text)
}

export function readJsonBytes(input: Input): string {
  const end = input.lengthDelimited()
  const { at } = input
  input.at = end
  return `"${input.bytes.toString('base64', at, end)}"`
}
