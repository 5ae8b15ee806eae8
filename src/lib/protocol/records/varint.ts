import { MalformedError } from '../../errors.ts'

/** Bytes with a position that moves on as numbers are read from them; `end` is the first byte that must not be read. */
export interface Cursor {
  body: Buffer
  position: number
  end: number
}

const TWO_TO_28 = 2 ** 28

/** Reads a zig-zag varint of 32 bits (ByteUtils.readVarint). Throws MalformedError past the end or after five bytes. */
export function readVarint(cursor: Cursor): number {
  const { body } = cursor
  let at = cursor.position
  let value = 0
  for (let shift = 0; shift < 35; shift += 7) {
    if (at >= cursor.end) throw new MalformedError(`a varint runs past the end at ${at}`)
    const byte = body[at++]!
    value |= (byte & 0x7f) << shift
    if (byte < 0x80) {
      cursor.position = at
      return (value >>> 1) ^ -(value & 1)
    }
  }
  throw new MalformedError(`a varint longer than 5 bytes at ${cursor.position}`)
}

/**
 * Reads a zig-zag varint of 64 bits (ByteUtils.readVarlong) as a number: exact up to 2^52, rounded beyond.
 * Throws MalformedError past the end or after ten bytes.
 */
export function readVarlong(cursor: Cursor): number {
  const { body } = cursor
  let at = cursor.position
  let low = 0
  let high = 0
  for (let shift = 0; shift < 70; shift += 7) {
    if (at >= cursor.end) throw new MalformedError(`a varlong runs past the end at ${at}`)
    const byte = body[at++]!
    if (shift < 28) low |= (byte & 0x7f) << shift
    else high += (byte & 0x7f) * 2 ** (shift - 28)
    if (byte < 0x80) {
      cursor.position = at
      return fromZigZag(low, high)
    }
  }
  throw new MalformedError(`a varlong longer than 10 bytes at ${cursor.position}`)
}

/** As `readVarlong`, to the last bit (beyond 64 they are dropped). */
export function readBigVarlong(cursor: Cursor): bigint {
  let value = 0n
  for (let shift = 0n; ; shift += 7n) {
    if (cursor.position >= cursor.end || shift >= 70n)
      throw new MalformedError(`a varlong that does not end at ${cursor.position}`)
    const byte = cursor.body[cursor.position++]!
    value |= BigInt(byte & 0x7f) << shift
    if (byte < 0x80) return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n))
  }
}

/** What varlongs hold exactly as a number, on either side of zero. */
export const MAX_EXACT_VARLONG = 2 ** 52

/** Undoes the zig-zag of a number in two parts: its lowest 28 bits and the rest. */
function fromZigZag(low: number, high: number): number {
  if (high === 0) return (low >>> 1) ^ -(low & 1)
  const half = (low >>> 1) + high * (TWO_TO_28 / 2)
  return (low & 1) === 0 ? half : -half - 1
}

/** Writes a zig-zag varint of 32 bits and returns the position behind it. The buffer must have room for it. */
export function writeVarint(buffer: Buffer, at: number, value: number): number {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0
  while (rest >= 0x80) {
    buffer[at++] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  buffer[at++] = rest
  return at
}

/**
 * Writes a zig-zag varint of 64 bits, up to ±2^52, and returns the position behind it. The buffer must have room for
 * it.
 */
export function writeVarlong(buffer: Buffer, at: number, value: number): number {
  if (isInt32(value)) return writeVarint(buffer, at, value)
  let rest = toZigZag(value)
  while (rest >= 0x80) {
    buffer[at++] = (rest % 0x80) | 0x80
    rest = Math.floor(rest / 0x80)
  }
  buffer[at++] = rest
  return at
}

/** Bytes that `writeVarint` takes for a value. */
export function varintSize(value: number): number {
  const rest = ((value << 1) ^ (value >> 31)) >>> 0
  return rest < 0x80 ? 1 : rest < 0x4000 ? 2 : rest < 0x200000 ? 3 : rest < 0x10000000 ? 4 : 5
}

/** Bytes that `writeVarlong` takes for a value. */
export function varlongSize(value: number): number {
  if (isInt32(value)) return varintSize(value)
  let size = 1
  for (let rest = toZigZag(value); rest >= 0x80; rest = Math.floor(rest / 0x80)) size += 1
  return size
}

const isInt32 = (value: number): boolean => value === (value | 0)

const toZigZag = (value: number): number => (value < 0 ? -value * 2 - 1 : value * 2)
