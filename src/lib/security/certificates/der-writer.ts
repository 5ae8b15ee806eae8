/** Writes ASN.1 in DER, as far as certificates need it. */

const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const

export const sequence = (...parts: readonly Buffer[]): Buffer => tagged(TAG.sequence, ...parts)
export const set = (...parts: readonly Buffer[]): Buffer => tagged(TAG.set, ...parts)
export const octets = (bytes: Buffer): Buffer => tagged(TAG.octets, bytes)
export const utf8 = (text: string): Buffer => tagged(TAG.utf8, Buffer.from(text))
export const yes: Buffer = Buffer.from([TAG.boolean, 1, 0xff])

/** `[number]` around whole values. */
export const explicit = (number: number, ...parts: readonly Buffer[]): Buffer => tagged(0xa0 | number, ...parts)
/** `[number]` in place of the tag of a value that is not made of parts. */
export const implicit = (number: number, content: Buffer): Buffer => tagged(0x80 | number, content)

/** An integer that is not negative, from its bytes. */
export function integer(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0)
  const digits = first < 0 ? Buffer.alloc(1) : bytes.subarray(first)
  return tagged(TAG.integer, ...(digits[0]! & 0x80 ? [Buffer.alloc(1)] : []), digits)
}

/** Whole bytes, of which the last has `unusedBits` at its end. */
export const bits = (bytes: Buffer, unusedBits = 0): Buffer => tagged(TAG.bits, Buffer.from([unusedBits]), bytes)

/** `1.2.840.…` */
export function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number)
  return tagged(TAG.oid, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

/** UTCTime up to 2049, GeneralizedTime after (RFC 5280, 4.1.2.5). */
export function time(ms: number): Buffer {
  const text = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, '')
  return text < '2050'
    ? tagged(TAG.utcTime, Buffer.from(text.slice(2)))
    : tagged(TAG.generalizedTime, Buffer.from(text))
}

function base128(number: number): number[] {
  const digits = [number & 0x7f]
  for (let rest = number >> 7; rest > 0; rest >>= 7) digits.unshift((rest & 0x7f) | 0x80)
  return digits
}

function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}
