import { type ExactJson, JsonNumber } from '../../exact-json.ts'
import { isIntegral } from '../jackson.ts'
import type { AvroType } from './types.ts'

export type LogicalType =
  | { readonly name: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly name: Exclude<keyof typeof FITS, 'decimal'> }

/** Which logical types there are, and the types that they refine (Avro's LogicalTypes). */
const FITS = {
  decimal: ({ kind }) => kind === 'bytes' || kind === 'fixed',
  'big-decimal': ({ kind }) => kind === 'bytes',
  uuid: (type) => type.kind === 'string' || (type.kind === 'fixed' && type.size === 16),
  duration: (type) => type.kind === 'fixed' && type.size === 12,
  date: ({ kind }) => kind === 'int',
  'time-millis': ({ kind }) => kind === 'int',
  'time-micros': ({ kind }) => kind === 'long',
  'timestamp-millis': ({ kind }) => kind === 'long',
  'timestamp-micros': ({ kind }) => kind === 'long',
  'timestamp-nanos': ({ kind }) => kind === 'long',
  'local-timestamp-millis': ({ kind }) => kind === 'long',
  'local-timestamp-micros': ({ kind }) => kind === 'long',
  'local-timestamp-nanos': ({ kind }) => kind === 'long',
} as const satisfies Record<string, (type: AvroType) => boolean>

/** Undefined where there is none, or one that does not fit its type, which Avro passes over. */
export function logicalTypeOf(type: AvroType): LogicalType | undefined {
  if (type.kind === 'union') return undefined
  const name = type.properties.get('logicalType')
  if (typeof name !== 'string' || !isLogical(name) || !FITS[name](type)) return undefined
  if (name !== 'decimal') return { name }
  const precision = integer(type.properties.get('precision'))
  const scale = type.properties.has('scale') ? integer(type.properties.get('scale')) : 0
  if (precision === undefined || scale === undefined) return undefined
  const mostDigits = type.kind === 'fixed' ? Math.floor(Math.log10(2) * (8 * type.size - 1)) : Infinity
  const isValid = precision > 0 && precision <= mostDigits && scale >= 0 && scale <= precision
  return isValid ? { name, precision, scale } : undefined
}

const isLogical = (name: string): name is LogicalType['name'] => Object.hasOwn(FITS, name)

function integer(value: ExactJson | undefined): number | undefined {
  if (!(value instanceof JsonNumber) || !isIntegral(value.text)) return undefined
  const number = Number(value.text)
  return Math.abs(number) < 2 ** 31 ? number : undefined
}
