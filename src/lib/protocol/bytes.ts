import { MalformedError } from '../errors.ts'

const EMPTY = Buffer.alloc(0)

/** Bytes that a string may have, compact or not: Kafka's generated classes refuse more in both directions. */
const MAX_STRING_LENGTH = 0x7fff

/** Characters of a UUID in Kafka's text form. */
const UUID_LENGTH = 22

/**
 * What the lists and tags of a message may cost by default: a part that is free however short it is, one for each byte,
 * and no more than this. A number costs 1, a string 3 (see compile.ts).
 */
const FREE_VALUES = 1_000_000
const MOST_VALUES = 30_000_000

/**
 * Reads the primitive types of Kafka's protocol from a buffer; throws MalformedError rather than read past the end, and
 * for lists and tags that cost more than `mostValues`: an item of nothing takes one byte on the wire, and a hundred
 * here.
 */
export class Reader {
  position: number
  readonly end: number
  private valuesLeft: number
  constructor(
    readonly buffer: Buffer,
    position = 0,
    end = buffer.length,
    mostValues = Math.min(MOST_VALUES, FREE_VALUES + end - position),
  ) {
    this.position = position
    this.end = end
    this.valuesLeft = mostValues
  }

  /** To be called before values of such a cost are read, or skipped. */
  spend(values: number): void {
    this.valuesLeft -= values
    if (this.valuesLeft < 0) throw new MalformedError('lists of more items than one message may hold')
  }

  get remaining(): number {
    return this.end - this.position
  }

  /** Moves on by `length` bytes and returns where they began. */
  private take(length: number): number {
    const at = this.position
    if (length < 0 || length > this.end - at)
      throw new MalformedError(`${length} bytes wanted at ${at}, ${this.end - at} left`)
    this.position = at + length
    return at
  }

  bool(): boolean {
    return this.buffer[this.take(1)] !== 0
  }

  int8(): number {
    return this.buffer.readInt8(this.take(1))
  }

  int16(): number {
    return this.buffer.readInt16BE(this.take(2))
  }

  uint16(): number {
    return this.buffer.readUInt16BE(this.take(2))
  }

  int32(): number {
    return this.buffer.readInt32BE(this.take(4))
  }

  int64(): bigint {
    return this.buffer.readBigInt64BE(this.take(8))
  }

  float64(): number {
    return this.buffer.readDoubleBE(this.take(8))
  }

  uuid(): string {
    const at = this.take(16)
    return this.buffer.toString('base64url', at, at + 16)
  }

  /** An unsigned varint of at most 32 bits. */
  uvarint(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.buffer[this.take(1)]!
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
    throw new MalformedError('varint longer than 5 bytes')
  }

  /**
   * A length on the wire, -1 for null. Classic lengths have a width in bytes; compact ones are varints of length + 1.
   */
  length(compact: boolean, width: 2 | 4): number {
    if (compact) return this.uvarint() - 1
    const length = width === 2 ? this.int16() : this.int32()
    if (length < -1) throw new MalformedError(`negative length ${length}`)
    return length
  }

  string(compact: boolean): string | null {
    const length = this.length(compact, 2)
    if (length < 0) return null
    if (length > MAX_STRING_LENGTH) throw new MalformedError(`a string of ${length} bytes is too long for the protocol`)
    const at = this.take(length)
    return this.buffer.toString('utf8', at, at + length)
  }

  /** A view of the bytes, not a copy: it keeps the whole buffer alive. */
  bytes(compact: boolean): Buffer | null {
    const length = this.length(compact, 4)
    if (length < 0) return null
    const at = this.take(length)
    return this.buffer.subarray(at, at + length)
  }

  skip(length: number): void {
    this.take(length)
  }
}

/** Blobs of this size and more are passed on by reference; smaller ones are copied between the other fields. */
const BY_REFERENCE = 1024

/** Writes the primitive types of Kafka's protocol into a list of chunks, ready for one `writev`. */
export class Writer {
  private scratch: Buffer
  private at = 0
  private from = 0
  private readonly chunks: Buffer[] = []
  private flushed = 0

  constructor(capacity = 256) {
    this.scratch = Buffer.allocUnsafe(capacity)
  }

  /** Bytes written so far. */
  get length(): number {
    return this.flushed + this.at - this.from
  }

  private room(length: number): number {
    if (this.at + length > this.scratch.length) this.nextScratch(length)
    const at = this.at
    this.at += length
    return at
  }

  private nextScratch(length: number): void {
    this.closeChunk()
    this.scratch = Buffer.allocUnsafe(Math.max(length, Math.min(this.scratch.length * 2, 64 * 1024)))
    this.at = this.from = 0
  }

  private closeChunk(): void {
    if (this.at > this.from) this.pushChunk(this.scratch.subarray(this.from, this.at))
    this.from = this.at
  }

  private pushChunk(chunk: Buffer): void {
    this.chunks.push(chunk)
    this.flushed += chunk.length
  }

  bool(value: boolean): void {
    this.int8(value ? 1 : 0)
  }

  int8(value: number): void {
    const at = this.room(1)
    this.scratch.writeInt8(value, at)
  }

  int16(value: number): void {
    const at = this.room(2)
    this.scratch.writeInt16BE(value, at)
  }

  uint16(value: number): void {
    const at = this.room(2)
    this.scratch.writeUInt16BE(value, at)
  }

  int32(value: number): void {
    const at = this.room(4)
    this.scratch.writeInt32BE(value, at)
  }

  int64(value: bigint): void {
    const at = this.room(8)
    this.scratch.writeBigInt64BE(value, at)
  }

  float64(value: number): void {
    const at = this.room(8)
    this.scratch.writeDoubleBE(value, at)
  }

  uuid(value: string): void {
    const at = this.room(16)
    if (value.length !== UUID_LENGTH || this.scratch.write(value, at, 16, 'base64url') !== 16)
      throw new MalformedError(`not a topic id: ${value}`)
  }

  uvarint(value: number): void {
    let rest = value
    while (rest >= 0x80) {
      this.scratchByte((rest & 0x7f) | 0x80)
      rest = Math.floor(rest / 128)
    }
    this.scratchByte(rest)
  }

  private scratchByte(byte: number): void {
    const at = this.room(1)
    this.scratch[at] = byte
  }

  /** The length in front of a string, blob or array; -1 stands for null. */
  lengthOf(length: number, compact: boolean, width: 2 | 4): void {
    if (compact) this.uvarint(length + 1)
    else if (width === 4) this.int32(length)
    else this.int16(length)
  }

  string(value: string | null, compact: boolean): void {
    if (value === null) return this.lengthOf(-1, compact, 2)
    const length = Buffer.byteLength(value)
    if (length > MAX_STRING_LENGTH) throw new MalformedError(`a string of ${length} bytes is too long for the protocol`)
    this.lengthOf(length, compact, 2)
    const at = this.room(length)
    this.scratch.write(value, at, length, 'utf8')
  }

  bytes(value: Buffer | null, compact: boolean): void {
    if (value === null) return this.lengthOf(-1, compact, 4)
    this.lengthOf(value.length, compact, 4)
    this.raw(value)
  }

  /** Bytes as they are. A large buffer is kept by reference and must not change until it has been sent. */
  raw(value: Buffer): void {
    if (value.length >= BY_REFERENCE) {
      this.closeChunk()
      this.pushChunk(value)
      return
    }
    const at = this.room(value.length)
    value.copy(this.scratch, at)
  }

  /** Everything written so far, in order. The writer must not be used afterwards. */
  finish(): Buffer[] {
    this.closeChunk()
    return this.chunks
  }

  /** Everything written so far, as one buffer. */
  toBuffer(): Buffer {
    const chunks = this.finish()
    return chunks.length === 1 ? chunks[0]! : chunks.length === 0 ? EMPTY : Buffer.concat(chunks, this.flushed)
  }
}
