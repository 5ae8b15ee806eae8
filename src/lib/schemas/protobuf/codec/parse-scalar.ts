import { type ExactJson, JsonNumber } from '../../exact-json.ts'
import type { EnumType } from '../model/types.ts'
import { Misfit, shown } from './misfit.ts'

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,9}))?$/
/** As protobuf-java-util has it; no value needs as many digits. */
const LONGEST_NUMBER = 1000
const LARGEST_FLOAT = 3.4028234663852886e38

/** What Gson's `getAsString` gives: numbers and booleans come as text as well. */
export function textOf(json: ExactJson, wanted: string): string {
  if (typeof json === 'string') return json
  if (json instanceof JsonNumber) return json.text
  if (typeof json === 'boolean') return String(json)
  throw new Misfit(`expected ${wanted}, found ${shown(json)}`)
}

/** `5`, `"5"`, `5.0` and `50e-1` are one integer. */
export function integer(json: ExactJson, type: string, lowest: bigint, highest: bigint): number | bigint {
  const text = textOf(json, `a value of type ${type}`)
  const value = /^-?\d{1,15}$/.test(text) ? Number(text) : exactInteger(text)
  if (value === undefined) throw new Misfit(`${shown(json)} is no ${type}`)
  if (value < lowest || value > highest) throw new Misfit(`${shown(json)} does not fit in ${type}`)
  // No negative zero.
  return typeof value === 'number' ? value + 0 : value
}

function exactInteger(text: string): bigint | undefined {
  const [, sign, whole = '', fraction = '', exponent = '0'] =
    (text.length <= LONGEST_NUMBER && DECIMAL.exec(text)) || []
  if (sign === undefined || whole + fraction === '') return undefined
  const digits = (whole + fraction).replace(/^0+/, '')
  const zeros = Number(exponent) - fraction.length
  if (digits === '') return 0n
  const kept = zeros < 0 ? digits.slice(0, zeros) : digits
  if (zeros > LONGEST_NUMBER || (zeros < 0 && /[1-9]/.test(digits.slice(zeros)))) return undefined
  const magnitude = BigInt(kept === '' ? 0 : kept + '0'.repeat(Math.max(zeros, 0)))
  return sign === '-' ? -magnitude : magnitude
}

export function bool(json: ExactJson): boolean {
  const text = textOf(json, 'true or false')
  if (text !== 'true' && text !== 'false') throw new Misfit(`${shown(json)} is neither true nor false`)
  return text === 'true'
}

export function double(json: ExactJson, type = 'double'): number {
  const text = textOf(json, `a value of type ${type}`)
  if (text === 'NaN' || text === 'Infinity' || text === '-Infinity') return Number(text)
  const value = text.length <= LONGEST_NUMBER && DECIMAL.test(text) && /\d/.test(text) ? Number(text) : Number.NaN
  if (Number.isNaN(value)) throw new Misfit(`${shown(json)} is no ${type}`)
  if (!Number.isFinite(value)) throw new Misfit(`${shown(json)} does not fit in ${type}`)
  return value
}

export function float(json: ExactJson): number {
  const value = double(json, 'float')
  // A float that was printed may be a little more than itself.
  if (Number.isFinite(value) && Math.abs(value) > LARGEST_FLOAT * (1 + 1e-6))
    throw new Misfit(`${shown(json)} does not fit in float`)
  return Math.fround(value)
}

/** Base64 of either alphabet, with or without what pads it. */
export function bytes(json: ExactJson): Buffer {
  const text = textOf(json, 'bytes in base64')
  const digits = /^(?:[A-Za-z0-9+/]*|[A-Za-z0-9_-]*)(?==*$)/.exec(text)?.[0]
  const isWhole = digits !== undefined && digits.length % 4 !== 1 && text.length - digits.length <= 2
  if (!isWhole) throw new Misfit(`${shown(json)} is not base64`)
  return Buffer.from(digits, 'base64')
}

/** The number of a constant, by its name or its number. */
export function constant(
  json: ExactJson,
  { fullName, numbers }: EnumType,
  knownNumbers: Set<number>,
  isClosed: boolean,
) {
  const text = textOf(json, `a constant of ${fullName}`)
  const number = numbers.get(text)
  if (number !== undefined) return number
  const value = exactInteger(text)
  const isKnown = value !== undefined && (!isClosed || knownNumbers.has(Number(value)))
  if (!isKnown || BigInt.asIntN(32, value) !== value) throw new Misfit(`${shown(json)} is no constant of ${fullName}`)
  return Number(value)
}
