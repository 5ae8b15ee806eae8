import { Misfit } from './misfit.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c

const FIRST_BYTES = 4096
/** A payload that needed more gives its room back. */
const KEPT_BYTES = 1 << 20
/** More than brokers take. */
const MOST_BYTES = 1 << 28
/** The longest varint of 64 bits. */
const LONGEST_VARINT = 10
/** Its length takes one byte. */
const SHORT_STRING = 63
/** From 32-bit arithmetic on: a number of this size, shifted left for its sign, is still one of 31 bits. */
const SMALL = 2 ** 30

/** Writes a payload in Avro's binary encoding. One object serves one payload after another. */
export class BinaryOutput {
  private bytes = Buffer.allocUnsafeSlow(FIRST_BYTES)
  private at = 0

  constructor(private readonly mostBytes = MOST_BYTES) {}

  /** What was written since `reset`, as bytes of their own. */
  take(): Buffer {
    const payload = Buffer.from(this.bytes.subarray(0, this.at))
    this.reset()
    return payload
  }

  reset(): void {
    this.at = 0
    if (this.bytes.length > KEPT_BYTES) this.bytes = Buffer.allocUnsafeSlow(FIRST_BYTES)
  }

  boolean(value: boolean): void {
    this.ensure(1)
    this.bytes[this.at++] = value ? 1 : 0
  }

  /** An int or a long: they differ by their range only. */
  integer(value: number | bigint): void {
    this.ensure(LONGEST_VARINT)
    if (typeof value === 'bigint') this.bigVarint(value)
    else if (value < SMALL && value >= -SMALL) this.smallVarint((value << 1) ^ (value >> 31))
    else this.largeVarint(value)
  }

  float(value: number): void {
    this.ensure(4)
    this.at = this.bytes.writeFloatLE(value, this.at)
  }

  double(value: number): void {
    this.ensure(8)
    this.at = this.bytes.writeDoubleLE(value, this.at)
  }

  string(text: string): void {
    const { length } = text
    this.ensure(LONGEST_VARINT + length * 3)
    if (length > SHORT_STRING || !this.shortAscii(text)) {
      if (!text.isWellFormed()) throw new Misfit('a string has half a surrogate pair')
      this.integer(Buffer.byteLength(text))
      this.at += this.bytes.write(text, this.at)
    }
  }

  byteString(bytes: Uint8Array): void {
    this.integer(bytes.length)
    this.raw(bytes)
  }

  raw(bytes: Uint8Array): void {
    this.ensure(bytes.length)
    this.bytes.set(bytes, this.at)
    this.at += bytes.length
  }

  /** Begins a block of items whose number is not known yet; returns what `endBlock` wants. */
  beginBlock(): number {
    this.ensure(1)
    this.at += 1
    return this.at
  }

  /** Puts the number of items before them, and the end of the array or map after them. */
  endBlock(start: number, count: number): void {
    const end = this.at
    const more = varintBytes(count) - 1
    if (more > 0) {
      this.ensure(more)
      this.bytes.copyWithin(start + more, start, end)
    }
    this.at = start - 1
    this.smallVarint(count * 2)
    this.at = end + more
    if (count > 0) this.integer(0)
  }

  /**
   * The string of a JSON text from its quote on; returns where it ends, or -1 where it is none of plain ASCII that
   * takes one byte for its length: then nothing is written.
   */
  quotedAscii(text: string, quote: number): number {
    this.ensure(SHORT_STRING + 2)
    const { bytes, at } = this
    const most = quote + SHORT_STRING + 1
    for (let place = quote + 1; place <= most; place += 1) {
      const code = text.charCodeAt(place)
      if (code === QUOTE) {
        const length = place - quote - 1
        bytes[at] = length << 1
        this.at = at + 1 + length
        return place + 1
      }
      // Not a number, as behind the end, is neither.
      if (!(code >= 0x20 && code < 0x80) || code === BACKSLASH) return -1
      bytes[at + place - quote] = code
    }
    return -1
  }

  /** For the short texts that most are, which a call into V8 would hold up. */
  private shortAscii(text: string): boolean {
    const start = this.at + 1
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index)
      if (code >= 0x80) return false
      this.bytes[start + index] = code
    }
    this.bytes[this.at] = text.length << 1
    this.at = start + text.length
    return true
  }

  /** `bits` has 32 of them, unsigned or not. */
  private smallVarint(bits: number): void {
    let rest = bits
    while (rest > 0x7f || rest < 0) {
      this.bytes[this.at++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    this.bytes[this.at++] = rest
  }

  /** An integer that a double holds exactly: its lowest 28 bits, and what is above them. */
  private largeVarint(value: number): void {
    const magnitude = value < 0 ? -value - 1 : value
    const above = Math.floor(magnitude / 2 ** 27)
    let low = (magnitude - above * 2 ** 27) * 2 + Number(value < 0)
    for (let count = 0; count < 4; count += 1, low >>>= 7) this.bytes[this.at++] = (low & 0x7f) | 0x80
    this.smallVarint(above)
  }

  private bigVarint(value: bigint): void {
    let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
    for (; rest > 0x7fn; rest >>= 7n) this.bytes[this.at++] = Number(rest & 0x7fn) | 0x80
    this.bytes[this.at++] = Number(rest)
  }

  private ensure(count: number): void {
    if (this.at + count <= this.bytes.length) return
    if (this.at + count > this.mostBytes) throw new Misfit(`it makes more than ${this.mostBytes} bytes`)
    const larger = Buffer.allocUnsafeSlow(Math.max(this.at + count, this.bytes.length * 2))
    this.bytes.copy(larger, 0, 0, this.at)
    this.bytes = larger
  }
}

const varintBytes = (count: number): number => (count < 2 ** 6 ? 1 : count < 2 ** 13 ? 2 : count < 2 ** 20 ? 3 : 5)
