import { SchemaError } from '../../format.ts'
import { DEEPEST, END_GROUP, FIXED32, FIXED64, LENGTH_DELIMITED, START_GROUP, tagOf, VARINT } from './wire-types.ts'

/** A little of payload may name many defaults: how much text one may become, above what it is long. */
const TEXT_FOR_NOTHING = 8 << 20
const TEXT_PER_BYTE = 64

/** What all messages of a payload share: how deep they are, and how much text they may still become. */
export class Allowance {
  private depth = 0
  private text: number

  constructor(payloadLength: number) {
    this.text = TEXT_FOR_NOTHING + TEXT_PER_BYTE * payloadLength
  }

  enter(): void {
    this.depth += 1
    if (this.depth > DEEPEST) throw new SchemaError(`messages nest deeper than ${DEEPEST} levels`)
  }

  leave(): void {
    this.depth -= 1
  }

  spend(length: number): void {
    this.text -= length
    if (this.text < 0) throw new SchemaError('the payload would become too long a text')
  }
}

/** Reads protobuf's wire format as Java's CodedInputStream does. Throws SchemaError; never reads past the end. */
export class Input {
  at = 0
  end: number
  /** The 64 bits of the last `varint64` or `fixed64`, without sign. */
  low = 0
  high = 0

  constructor(
    readonly bytes: Buffer,
    readonly allowance = new Allowance(bytes.length),
  ) {
    this.end = bytes.length
  }

  /** Its low 32 bits, with sign; the rest of up to ten bytes is dropped. */
  varint32(): number {
    const { bytes, at } = this
    if (at < this.end) {
      const byte = bytes[at]!
      if (byte < 0x80) {
        this.at = at + 1
        return byte
      }
    }
    this.varint64()
    return this.low
  }

  /** Into `low` and `high`. */
  varint64(): void {
    const { bytes, end } = this
    let [low, high] = [0, 0]
    let at = this.at
    for (let shift = 0; shift < 70; shift += 7) {
      if (at >= end) throw this.truncated()
      const byte = bytes[at++]!
      const bits = byte & 0x7f
      if (shift < 28) low |= bits << shift
      else if (shift === 28) {
        low |= bits << 28
        high |= bits >> 4
      } else high |= bits << (shift - 32)
      if (byte < 0x80) {
        this.at = at
        this.low = low
        this.high = high
        return
      }
    }
    throw new SchemaError(`the varint at byte ${this.at} has more than 10 bytes`)
  }

  /** With sign. */
  fixed32(): number {
    const { at, bytes } = this
    if (at + 4 > this.end) throw this.truncated()
    this.at = at + 4
    return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
  }

  /** Into `low` and `high`. */
  fixed64(): void {
    this.low = this.fixed32()
    this.high = this.fixed32()
  }

  float(): number {
    const { at } = this
    if (at + 4 > this.end) throw this.truncated()
    this.at = at + 4
    return this.bytes.readFloatLE(at)
  }

  double(): number {
    const { at } = this
    if (at + 8 > this.end) throw this.truncated()
    this.at = at + 8
    return this.bytes.readDoubleLE(at)
  }

  /** Where what has its length before it ends. */
  lengthDelimited(): number {
    const length = this.varint32()
    const end = this.at + length
    if (length < 0 || end > this.end) throw this.truncated()
    return end
  }

  skip(tag: number): void {
    if (tag >>> 3 === 0) throw new SchemaError(`there is no field number 0, as before byte ${this.at}`)
    const wireType = tag & 7
    if (wireType === VARINT) this.varint64()
    else if (wireType === FIXED64) this.fixed64()
    else if (wireType === LENGTH_DELIMITED) this.at = this.lengthDelimited()
    else if (wireType === FIXED32) this.fixed32()
    else if (wireType === START_GROUP) this.skipGroup(tagOf(tag >>> 3, END_GROUP))
    else if (wireType === END_GROUP) throw new SchemaError(`a group that did not begin ends before byte ${this.at}`)
    else throw new SchemaError(`there is no wire type ${wireType}, as before byte ${this.at}`)
  }

  truncated(): SchemaError {
    return new SchemaError(`the payload ends within a field, after byte ${this.at}`)
  }

  private skipGroup(endTag: number): void {
    this.allowance.enter()
    for (let tag = this.varint32() >>> 0; tag !== endTag; tag = this.varint32() >>> 0) this.skip(tag)
    this.allowance.leave()
  }
}
