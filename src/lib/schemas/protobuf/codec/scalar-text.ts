import { javaDouble, javaFloat } from '../../../java/number.ts'
import type { EnumType, Field, ScalarType } from '../model/types.ts'
import type { Input } from './input.ts'
import { readJsonBytes, readJsonString } from './json-string.ts'

/** Reads a value as JSON; undefined for a number that a closed enum does not name. */
export type ReadText = (input: Input) => string | undefined

const TWO_32 = 0x1_0000_0000

const SCALAR_TEXTS: Readonly<Record<Exclude<ScalarType, 'string'>, (input: Input) => string>> = {
  double: (input) => quoteSpecial(javaDouble(input.double())),
  float: (input) => quoteSpecial(javaFloat(input.float())),
  int32: (input) => String(input.varint32()),
  uint32: (input) => String(input.varint32() >>> 0),
  sint32: (input) => {
    const bits = input.varint32()
    return String((bits >>> 1) ^ -(bits & 1))
  },
  fixed32: (input) => String(input.fixed32() >>> 0),
  sfixed32: (input) => String(input.fixed32()),
  int64: (input) => {
    input.varint64()
    return signed(input.low, input.high)
  },
  uint64: (input) => {
    input.varint64()
    return unsigned(input.low, input.high)
  },
  sint64: (input) => {
    input.varint64()
    const { low, high } = input
    const sign = -(low & 1)
    return signed(((low >>> 1) | (high << 31)) ^ sign, (high >>> 1) ^ sign)
  },
  fixed64: (input) => {
    input.fixed64()
    return unsigned(input.low, input.high)
  },
  sfixed64: (input) => {
    input.fixed64()
    return signed(input.low, input.high)
  },
  bool: (input) => {
    input.varint64()
    return input.low === 0 && input.high === 0 ? 'false' : 'true'
  },
  bytes: readJsonBytes,
}

/** How a value of this field is read, messages aside. */
export function textReaderOf(field: Field): ReadText {
  const { type, enumType, isUtf8Checked } = field
  if (enumType !== undefined) return enumReader(enumType, field.isEnumClosed)
  if (type === 'string') return (input) => readJsonString(input, isUtf8Checked)
  return SCALAR_TEXTS[type as Exclude<ScalarType, 'string'>]
}

/** As a key of an object, which is always a string. */
export function keyReaderOf(field: Field): (input: Input) => string {
  const read = textReaderOf(field) as (input: Input) => string
  return (input) => asKey(read(input))
}

export const asKey = (text: string): string => (text.startsWith('"') ? text : `"${text}"`)

function enumReader({ fullName, element }: EnumType, isClosed: boolean): ReadText {
  if (fullName === 'google.protobuf.NullValue') {
    return (input) => {
      input.varint32()
      return 'null'
    }
  }
  // The first of several names for a number counts.
  const texts = new Map([...element.constants].reverse().map(({ name, number }) => [number, `"${name}"`]))
  return (input) => {
    const number = input.varint32()
    return texts.get(number) ?? (isClosed ? undefined : String(number))
  }
}

/** `"NaN"` and `"Infinity"` are no numbers in JSON. */
export function quoteSpecial(text: string): string {
  const last = text.charCodeAt(text.length - 1)
  return last >= 0x30 && last <= 0x39 ? text : `"${text}"`
}

function signed(low: number, high: number): string {
  // Within 53 bits a number is exact.
  if (high >= -0x20_0000 && high < 0x20_0000) return `"${high * TWO_32 + (low >>> 0)}"`
  return `"${(BigInt(high) << 32n) | BigInt(low >>> 0)}"`
}

function unsigned(low: number, high: number): string {
  if (high >= 0 && high < 0x20_0000) return `"${high * TWO_32 + (low >>> 0)}"`
  return `"${(BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)}"`
}
