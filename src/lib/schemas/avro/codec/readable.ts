import { BinaryInput } from './binary-input.ts'
import { atScale, decimalText, fromTwosComplement, MOST_PLACES, parseDecimal, toTwosComplement } from './decimals.ts'
import type { Decode, Encode } from './closures.ts'
import { quoteLatin1 } from '../jackson.ts'
import { CLOSE_OBJECT, OPEN_OBJECT, type JsonCursor } from './json-cursor.ts'
import { type LogicalType, logicalTypeOf } from '../model/logical-types.ts'
import { Misfit } from './misfit.ts'
import type { AvroType } from '../model/types.ts'
import { isTime, parseTime, timeText } from './times.ts'
import { BinaryOutput } from './binary-output.ts'

/**
 * Decodes what a logical type means: times as ISO 8601, decimals as numbers, a duration as an object, a UUID as text.
 * A value that cannot be told so is decoded without its logical type. Undefined for a type without one.
 */
export function readableDecoder(type: AvroType): Decode | undefined {
  const logical = logicalTypeOf(type)
  if (logical === undefined) return undefined
  const { name } = logical
  if (isTime(name)) {
    const isInt = type.kind === 'int'
    return (input, json) => {
      const value = isInt ? input.int() : input.long()
      const text = timeText(name, value)
      if (text === undefined) json.integer(value)
      else json.text(`"${text}"`)
    }
  }
  if (type.kind !== 'bytes' && type.kind !== 'fixed') return undefined
  const size = type.kind === 'fixed' ? type.size : undefined
  return (input, json) => {
    const bytes = size === undefined ? input.byteString() : input.fixed(size)
    json.text(textOfBytes(logical, bytes) ?? quoteLatin1(bytes))
  }
}

/** Encodes such a value as well as what `plain` does. */
export function readableEncoder(type: AvroType, plain: Encode): Encode {
  const logical = logicalTypeOf(type)
  if (logical === undefined) return plain
  const { name } = logical
  if (isTime(name)) {
    return (json, out) => {
      if (json.kind() === 'string') out.integer(inLong(parseTime(name, json.string()), name))
      else plain(json, out)
    }
  }
  if (type.kind !== 'bytes' && type.kind !== 'fixed') return plain
  const size = type.kind === 'fixed' ? type.size : undefined
  return (json, out) => {
    const bytes = bytesOfReadable(logical, json, size)
    if (bytes === undefined) plain(json, out)
    else if (size === undefined) out.byteString(bytes)
    else out.raw(bytes)
  }
}

function textOfBytes(logical: LogicalType, bytes: Buffer): string | undefined {
  switch (logical.name) {
    case 'decimal': {
      const unscaled = logical.scale > MOST_PLACES ? undefined : fromTwosComplement(bytes)
      return unscaled === undefined ? undefined : decimalText(unscaled, logical.scale)
    }
    case 'big-decimal':
      return bigDecimalText(bytes)
    case 'uuid':
      return `"${bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')}"`
    case 'duration':
      return `{"months":${bytes.readUInt32LE(0)},"days":${bytes.readUInt32LE(4)},"millis":${bytes.readUInt32LE(8)}}`
    default:
      return undefined
  }
}

/** Avro within bytes: the unscaled number as bytes, then the scale as an int (Conversions.BigDecimalConversion). */
function bigDecimalText(bytes: Buffer): string | undefined {
  try {
    const input = new BinaryInput()
    input.open(bytes, 0, bytes.length)
    const unscaled = fromTwosComplement(input.byteString())
    const scale = input.int()
    input.finish()
    return unscaled === undefined || Math.abs(scale) > MOST_PLACES ? undefined : decimalText(unscaled, scale)
  } catch (error) {
    if (error instanceof Misfit) return undefined
    throw error
  }
}

function bytesOfReadable(logical: LogicalType, json: JsonCursor, size: number | undefined): Buffer | undefined {
  const kind = json.kind()
  if (logical.name === 'decimal' && kind === 'number') return decimalBytes(json.number(), logical, size)
  if (logical.name === 'big-decimal' && kind === 'number') return bigDecimalBytes(json.number())
  if (logical.name === 'uuid' && kind === 'string') return uuidBytes(json)
  return logical.name === 'duration' && kind === 'object' ? durationBytes(json) : undefined
}

function decimalBytes(
  number: string,
  { precision, scale }: { precision: number; scale: number },
  size: number | undefined,
): Buffer {
  const unscaled = atScale(parseDecimal(number), scale)
  const digits = String(unscaled).replace('-', '').length
  if (digits > precision) throw new Misfit(`${number} has more than ${precision} digits`)
  const bytes = toTwosComplement(unscaled, size)
  if (bytes === undefined) throw new Misfit(`${number} does not go into ${size} bytes`)
  return bytes
}

function bigDecimalBytes(number: string): Buffer {
  const { unscaled, scale } = parseDecimal(number)
  const out = new BinaryOutput()
  out.byteString(toTwosComplement(unscaled)!)
  out.integer(scale)
  return out.take()
}

function uuidBytes(json: JsonCursor): Buffer | undefined {
  const start = json.at
  const text = json.string()
  if (/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text)) {
    return Buffer.from(text.replaceAll('-', ''), 'hex')
  }
  json.at = start
  return undefined
}

const DURATION_PARTS = ['months', 'days', 'millis']

function durationBytes(json: JsonCursor): Buffer {
  const bytes = Buffer.alloc(12)
  json.enter(OPEN_OBJECT, 'a duration')
  for (let isFirst = true; json.hasMore(CLOSE_OBJECT, isFirst); isFirst = false) {
    const key = json.key()
    const place = DURATION_PARTS.indexOf(key)
    if (place < 0) throw new Misfit(`a duration has ${DURATION_PARTS.join(', ')}, and no ${JSON.stringify(key)}`)
    const value = Number(json.integer('a whole number'))
    if (!(value >= 0 && value < 2 ** 32))
      throw new Misfit(`${key} of a duration is 0 to ${2 ** 32 - 1}, and not ${value}`)
    bytes.writeUInt32LE(value, place * 4)
  }
  json.leave()
  return bytes
}

function inLong(value: bigint, name: string): bigint {
  if (BigInt.asIntN(64, value) !== value) throw new Misfit(`the time is beyond what a ${name} holds`)
  return value
}
