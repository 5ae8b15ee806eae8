import { Misfit } from './misfit.ts'

const FIRST_BYTES = 4096
/** A long text gives its room back. */
const KEPT_BYTES = 1 << 20
/** The text of a value is as long as its schema wants; so much is enough for each byte of a payload. */
const TEXT_PER_BYTE = 256
/** Well within the longest string of V8. */
const LONGEST_TEXT = 1 << 28

const QUOTE = 0x22
const MINUS = 0x2d
const ZERO = 0x30
const LONGEST_NUMBER = 20
const BILLION = 1e9

/** 1 for a byte that stands for itself in a JSON string. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(byte >= 0x20 && byte < 0x80 && byte !== QUOTE && byte !== 0x5c),
)

/**
 * Writes JSON in UTF-8, which is several times as fast as to put strings together. One object serves one text after
 * another. Throws Misfit for a text that is out of proportion to its payload.
 */
export class JsonOutput {
  at = 0
  private bytes = Buffer.allocUnsafeSlow(FIRST_BYTES)
  private payloadBytes = 0
  private isAscii = true

  /** `quote` makes a JSON string of what has to be escaped, or has other than ASCII. */
  constructor(private readonly quote: (text: string) => string) {}

  begin(payloadBytes: number): void {
    this.at = 0
    this.isAscii = true
    this.payloadBytes = payloadBytes
    if (this.bytes.length > KEPT_BYTES) this.bytes = Buffer.allocUnsafeSlow(FIRST_BYTES)
  }

  slice(start: number, end = this.at): string {
    return this.bytes.toString(this.isAscii ? 'latin1' : 'utf8', start, end)
  }

  /** What is the same for every value, such as the key of a field. */
  literal(literal: Uint8Array): void {
    const { length } = literal
    this.ensure(length)
    const { bytes, at } = this
    for (let index = 0; index < length; index += 1) bytes[at + index] = literal[index]!
    this.at = at + length
  }

  byte(byte: number): void {
    this.ensure(1)
    this.bytes[this.at++] = byte
  }

  text(text: string): void {
    const { length } = text
    this.ensure(length * 3)
    const { bytes, at } = this
    for (let index = 0; index < length; index += 1) {
      const code = text.charCodeAt(index)
      if (code >= 0x80) return this.unicode(text)
      bytes[at + index] = code
    }
    this.at = at + length
  }

  integer(value: number | bigint): void {
    if (typeof value === 'bigint') return this.text(String(value))
    this.ensure(LONGEST_NUMBER)
    if (value < 0) this.bytes[this.at++] = MINUS
    const magnitude = Math.abs(value)
    if (magnitude < BILLION) return this.digits(magnitude, countDigits(magnitude))
    const billions = Math.floor(magnitude / BILLION)
    this.digits(billions, countDigits(billions))
    this.digits(magnitude - billions * BILLION, 9)
  }

  /** A string that lies in a payload as UTF-8. */
  quoted(source: Buffer, start: number, end: number): void {
    this.ensure(end - start + 2)
    const { bytes } = this
    let { at } = this
    bytes[at++] = QUOTE
    for (let from = start; from < end; from += 1) {
      const byte = source[from]!
      if (PLAIN[byte] === 0) return this.text(this.quote(source.toString('utf8', start, end)))
      bytes[at++] = byte
    }
    bytes[at++] = QUOTE
    this.at = at
  }

  byteAt(place: number): number {
    return this.bytes[place]!
  }

  startsWith(place: number, literal: Buffer): boolean {
    return literal.compare(this.bytes, place, Math.min(place + literal.length, this.at)) === 0
  }

  /** Puts it before what was written since `place`. */
  insert(place: number, literal: Uint8Array): void {
    this.ensure(literal.length)
    this.bytes.copyWithin(place + literal.length, place, this.at)
    this.bytes.set(literal, place)
    this.at += literal.length
  }

  private unicode(text: string): void {
    this.isAscii = false
    this.at += this.bytes.write(text, this.at)
  }

  /** `value` is less than a billion. */
  private digits(value: number, count: number): void {
    const { bytes } = this
    const end = this.at + count
    let rest = value
    for (let place = end - 1; place >= this.at; place -= 1) {
      const tenth = (rest / 10) | 0
      bytes[place] = ZERO + (rest - tenth * 10)
      rest = tenth
    }
    this.at = end
  }

  private ensure(count: number): void {
    if (this.at + count > this.bytes.length) this.grow(this.at + count)
  }

  private grow(wanted: number): void {
    const most = Math.min(KEPT_BYTES + this.payloadBytes * TEXT_PER_BYTE, LONGEST_TEXT)
    if (wanted > most) throw new Misfit(`${this.payloadBytes} bytes make a text of more than ${most}`)
    const larger = Buffer.allocUnsafeSlow(Math.max(wanted, this.bytes.length * 2))
    this.bytes.copy(larger, 0, 0, this.at)
    this.bytes = larger
  }
}

function countDigits(value: number): number {
  let count = 1
  for (let limit = 10; value >= limit; limit *= 10) count += 1
  return count
}
