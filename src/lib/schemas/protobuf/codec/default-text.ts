import { javaDouble, javaFloat } from '../../../java/number.ts'
import type { OptionValue } from '../elements.ts'
import type { EnumType, Field } from '../model/types.ts'
import { jsonString } from './json-string.ts'
import { quoteSpecial } from './scalar-text.ts'

const OF_64_BITS = ['int64', 'uint64', 'sint64', 'fixed64', 'sfixed64']

/** What JsonFormat shows of a field that is not set; undefined for messages, and for what may be left out. */
export function defaultText(field: Field): string | undefined {
  const { isRepeated, isMap, oneof, isProto3Optional, message, type, enumType, defaultValue } = field
  if (isRepeated) return isMap ? '{}' : '[]'
  if (message !== undefined || oneof !== undefined || isProto3Optional) return undefined
  if (enumType !== undefined) return enumText(enumType, defaultValue)
  if (type === 'string') return jsonString(bytesOf(defaultValue).toString())
  if (type === 'bytes') return `"${bytesOf(defaultValue).toString('base64')}"`
  if (type === 'bool') return textOf(defaultValue) ?? 'false'
  return numberText(type, textOf(defaultValue) ?? '0')
}

function enumText({ fullName, element }: EnumType, defaultValue: OptionValue | undefined): string {
  if (fullName === 'google.protobuf.NullValue') return 'null'
  const name = textOf(defaultValue) ?? element.constants[0]?.name
  return name === undefined ? '0' : `"${name}"`
}

function numberText(type: Field['type'], text: string): string {
  if (type === 'double') return quoteSpecial(javaDouble(numberOf(text)))
  if (type === 'float') return quoteSpecial(javaFloat(Math.fround(numberOf(text))))
  return OF_64_BITS.includes(type) ? `"${integerOf(text)}"` : String(integerOf(text))
}

/** Of a number as `.proto` files have it. */
export function numberOf(text: string): number {
  const isNegative = text.startsWith('-')
  const digits = isNegative ? text.slice(1) : text
  const isHex = /^0x/i.test(digits)
  const magnitude = /^inf/.test(digits) ? Infinity : Number(isHex ? digits : digits.replace(/f$/i, ''))
  return isNegative ? -magnitude : magnitude
}

/** Hexadecimal and octal as well. */
export function integerOf(text: string): bigint {
  const isNegative = text.startsWith('-')
  const digits = isNegative ? text.slice(1) : text
  const isOctal = /^0[0-7]+$/.test(digits)
  // What is no integer was refused when the file was read, unless a registry has taken it before.
  const magnitude = /^(?:0[xX][\da-fA-F]+|\d+)$/.test(digits) ? BigInt(isOctal ? `0o${digits.slice(1)}` : digits) : 0n
  return isNegative ? -magnitude : magnitude
}

const textOf = (value: OptionValue | undefined): string | undefined =>
  value !== undefined && 'text' in value ? value.text : undefined

const bytesOf = (value: OptionValue | undefined): Buffer => (value?.kind === 'string' ? value.bytes : Buffer.alloc(0))
