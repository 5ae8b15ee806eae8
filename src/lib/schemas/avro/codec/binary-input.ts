import { DEEPEST_VALUE, Misfit } from './misfit.ts'

/** Items that take no byte on the wire, nulls for one, are paid for by nothing but this. */
const MOST_EMPTY_ITEMS = 10_000
/** The text of a value is as long as its schema wants; so many characters are enough for a byte of a payload. */
const TEXT_PER_BYTE = 256
const SHORT_TEXT = 1 << 20
/** Well within the longest string of V8. */
const LONGEST_TEXT = 1 << 28

/** 1 for a byte that stands for itself in a JSON string. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(byte >= 0x20 && byte < 0x80 && byte !== 0x22 && byte !== 0x5c),
)

/** Reads a payload in Avro's binary encoding. Every method throws Misfit for bytes that are none. */
export class BinaryInput {
  private at = 0
  private depth = 0
  private emptyItems = 0
  private readonly end: number
  private readonly longestText: number

  constructor(private readonly bytes: Buffer) {
    this.end = bytes.length
    this.longestText = Math.min(SHORT_TEXT + bytes.length * TEXT_PER_BYTE, LONGEST_TEXT)
  }

  /** Throws if something is left. */
  finish(): void {
    if (this.at < this.end) throw new Misfit(`${this.end - this.at} bytes are left after the value`)
  }

  enter(): void {
    this.depth += 1
    if (this.depth > DEEPEST_VALUE) throw new Misfit(`values nest deeper than ${DEEPEST_VALUE} levels`)
  }

  leave(): void {
    this.depth -= 1
  }

  /** Throws for a text that is out of proportion to the payload. */
  checkText(length: number): void {
    if (length > this.longestText) throw new Misfit(`${this.end} bytes make more than ${this.longestText} characters`)
  }

  boolean(): boolean {
    const byte = this.byte()
    if (byte > 1) throw new Misfit(`a boolean is the byte 0 or 1, and not ${byte}`)
    return byte === 1
  }

  int(): number {
    let bits = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte()
      bits |= (byte & 0x7f) << shift
      if (byte < 0x80) return (bits >>> 1) ^ -(bits & 1)
    }
    throw new Misfit('an int goes on after five bytes')
  }

  /** A bigint where a number would not hold every digit. */
  long(): number | bigint {
    let low = 0
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte()
      low |= (byte & 0x7f) << shift
      if (byte < 0x80) return (low >>> 1) ^ -(low & 1)
    }
    return this.longAbove(low)
  }

  private longAbove(low: number): number | bigint {
    let middle = 0
    for (let shift = 0; shift < 21; shift += 7) {
      const byte = this.byte()
      middle |= (byte & 0x7f) << shift
      if (byte < 0x80) return unZigZag(low + middle * 2 ** 28)
    }
    let high = 0
    for (let shift = 0; shift < 21; shift += 7) {
      const byte = this.byte()
      high |= (byte & 0x7f) << shift
      if (byte >= 0x80) continue
      const bits = BigInt.asUintN(64, BigInt(low + middle * 2 ** 28) | (BigInt(high) << 49n))
      return BigInt.asIntN(64, (bits >> 1n) ^ -(bits & 1n))
    }
    throw new Misfit('a long goes on after ten bytes')
  }

  float(): number {
    return this.bytes.readFloatLE(this.advance(4))
  }

  double(): number {
    return this.bytes.readDoubleLE(this.advance(8))
  }

  /** Quoted, as it stands in JSON; `quote` is for what has to be escaped. */
  string(quote: (text: string) => string): string {
    const length = this.length()
    const start = this.advance(length)
    if (this.isPlain(start)) return `"${this.bytes.toString('latin1', start, this.at)}"`
    return quote(this.bytes.toString('utf8', start, this.at))
  }

  byteString(): Buffer {
    return this.fixed(this.length())
  }

  fixed(size: number): Buffer {
    const start = this.advance(size)
    return this.bytes.subarray(start, this.at)
  }

  /**
   * How many items the next block of an array or map has, each of `leastBytes` or more; 0 at its end. More than there
   * are bytes for are refused before one is read.
   */
  blockCount(leastBytes: number): number {
    let count = this.long()
    if (count < 0) {
      // The size of the block in bytes, for those who skip it.
      this.long()
      count = -count
    }
    if (typeof count === 'bigint' || count * leastBytes > this.end - this.at) {
      throw new Misfit(`a block of ${count} items in ${this.end - this.at} bytes`)
    }
    if (leastBytes === 0) this.emptyItems += count
    if (this.emptyItems > MOST_EMPTY_ITEMS) throw new Misfit(`more than ${MOST_EMPTY_ITEMS} items that take no byte`)
    return count
  }

  private isPlain(start: number): boolean {
    for (let at = start; at < this.at; at += 1) if (PLAIN[this.bytes[at]!] === 0) return false
    return true
  }

  private length(): number {
    const length = this.long()
    if (typeof length === 'bigint' || length < 0) throw new Misfit(`a length of ${length}`)
    return length
  }

  private byte(): number {
    if (this.at >= this.end) throw new Misfit('the payload ends within the value')
    return this.bytes[this.at++]!
  }

  /** Returns where the next `count` bytes begin, and goes past them. */
  private advance(count: number): number {
    const start = this.at
    if (count > this.end - start) throw new Misfit(`${count} bytes are wanted, and ${this.end - start} are left`)
    this.at = start + count
    return start
  }
}

const unZigZag = (bits: number): number => (bits % 2 === 0 ? bits / 2 : -(bits + 1) / 2)
