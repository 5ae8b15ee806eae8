import { StoreError } from './store.ts'

/** One value of ASN.1 in BER or DER. */
export interface Der {
  /** The first byte, without the bit that says whether it is made of parts. */
  readonly tag: number
  /** What it holds. */
  readonly content: Buffer
  /** It with its tag and length. */
  readonly whole: Buffer
  readonly isConstructed: boolean
}

export const TAG = { integer: 2, octets: 4, oid: 6, utf8: 12, sequence: 0x10, set: 0x11 } as const
/** The tag `[n]` of a field. */
export const field = (number: number): number => 0x80 | number

const CONSTRUCTED = 0x20
/** Stores of tools nest about ten deep. */
const MAX_DEPTH = 40

/** The value at the beginning of `bytes`. Throws StoreError. */
export function readDer(bytes: Buffer): Der {
  return readAt(bytes, 0, 0).value
}

/** The parts of a constructed value. Throws StoreError. */
export function partsOf({ content }: Der): Der[] {
  const parts: Der[] = []
  for (let at = 0; at < content.length; ) {
    const { value, end } = readAt(content, at, 0)
    parts.push(value)
    at = end
  }
  return parts
}

/** The bytes of an OCTET STRING, which in BER may come in pieces. */
export function octetsOf(value: Der): Buffer {
  return value.isConstructed ? Buffer.concat(partsOf(value).map(octetsOf)) : value.content
}

/** `1.2.840.…` */
export function oidOf({ tag, content }: Der): string {
  if (tag !== TAG.oid || content.length === 0) throw damaged()
  const numbers: bigint[] = []
  let number = 0n
  for (const byte of content) {
    number = (number << 7n) | BigInt(byte & 0x7f)
    if (byte & 0x80) continue
    numbers.push(number)
    number = 0n
  }
  const [joined = 0n, ...rest] = numbers
  const first = joined < 80n ? joined / 40n : 2n
  return [first, joined - first * 40n, ...rest].join('.')
}

export function integerOf({ tag, content }: Der): number {
  if (tag !== TAG.integer || content.length === 0 || content.length > 6) throw damaged()
  return content.readUIntBE(0, content.length)
}

function readAt(bytes: Buffer, start: number, depth: number): { value: Der; end: number } {
  const [first, short] = [bytes[start], bytes[start + 1]]
  // No store has a tag of more than one byte.
  if (first === undefined || short === undefined || (first & 0x1f) === 0x1f || depth > MAX_DEPTH) throw damaged()
  const isConstructed = (first & CONSTRUCTED) !== 0
  const done = (from: number, to: number, end: number) => {
    if (to > bytes.length) throw damaged()
    const content = bytes.subarray(from, to)
    return { value: { tag: first & ~CONSTRUCTED, content, whole: bytes.subarray(start, end), isConstructed }, end }
  }
  const from = start + 2
  if (short < 0x80) return done(from, from + short, from + short)
  if (short > 0x80) {
    const size = short - 0x80
    if (size > 4 || from + size > bytes.length) throw damaged()
    const to = from + size + bytes.readUIntBE(from, size)
    return done(from + size, to, to)
  }
  // BER: up to two zeros.
  let at = from
  while (bytes[at] !== 0 || bytes[at + 1] !== 0) at = readAt(bytes, at, depth + 1).end
  return done(from, at, at + 2)
}

const damaged = (): StoreError => new StoreError('damaged')
