import type { JsonBytes } from '../../json-bytes.ts'
import { DEEPEST_VALUE, Misfit } from './misfit.ts'

/** Items that take no byte on the wire, nulls for one, are paid for by nothing but this. */
const MOST_EMPTY_ITEMS = 10_000

const NOTHING = Buffer.alloc(0)

/**
 * Reads a payload in Avro's binary encoding. One object serves one payload after another. Every method throws Misfit
 * for bytes that are none.
 */
export class BinaryInput {
  private bytes: Buffer = NOTHING
  /** The memory that `bytes` lies in at `offset`. Small payloads share it: a view of each took a tenth of the time. */
  private memory: ArrayBufferLike = NOTHING.buffer
  private view: DataView = new DataView(this.memory)
  private offset = 0
  private at = 0
  private end = 0
  private depth = 0
  private emptyItems = 0

  /** The payload lies from `start` to `end`. */
  open(bytes: Buffer, start: number, end: number): void {
    if (bytes !== this.bytes) {
      this.bytes = bytes
      this.offset = bytes.byteOffset
      if (bytes.buffer !== this.memory) this.view = new DataView((this.memory = bytes.buffer))
    }
    this.at = start
    this.end = end
    this.depth = 0
    this.emptyItems = 0
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
    const { bytes, end } = this
    let { at } = this
    let low = 0
    for (let shift = 0; shift < 28 && at < end; shift += 7) {
      const byte = bytes[at++]!
      low |= (byte & 0x7f) << shift
      if (byte < 0x80) {
        this.at = at
        return (low >>> 1) ^ -(low & 1)
      }
    }
    this.at = at
    return this.longAbove(low)
  }

  /** `low` has the lowest 28 bits: the first is the sign. */
  private longAbove(low: number): number | bigint {
    let middle = 0
    for (let shift = 0; shift < 21; shift += 7) {
      const byte = this.byte()
      middle |= (byte & 0x7f) << shift
      if (byte >= 0x80) continue
      const magnitude = (low >>> 1) + middle * 2 ** 27
      return (low & 1) === 0 ? magnitude : -magnitude - 1
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
    return this.view.getFloat32(this.offset + this.advance(4), true)
  }

  double(): number {
    return this.view.getFloat64(this.offset + this.advance(8), true)
  }

  string(json: JsonBytes): void {
    const start = this.advance(this.length())
    json.quoted(this.view, this.offset + start, this.offset + this.at)
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
