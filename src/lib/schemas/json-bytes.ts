const FIRST_BYTES = 4096
/** A long text gives its room back. */
const KEPT_BYTES = 1 << 20
/** Well within the longest string of V8. */
const LONGEST_TEXT = 1 << 28
/** Words of four bytes may go as far beyond what was asked for. */
const SLACK = 8

const QUOTE = 0x22
const MINUS = 0x2d
const POINT = 0x2e
const ZERO = 0x30
const LONGEST_NUMBER = 24
const SHORT_TEXT = 512
const BILLION = 1e9
const MILLION = 1e6

/** 1 for a byte that stands for itself in a JSON string. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(byte >= 0x20 && byte < 0x80 && byte !== QUOTE && byte !== 0x5c),
)

/** `00` to `99`, the bytes of each as the number that they are in memory. */
const PAIRS = Uint16Array.from({ length: 100 }, (_, pair) => Buffer.from(String(pair).padStart(2, '0')).readUInt16LE())

/** Text that is written often, such as the name of a field: its bytes in words of four, the last one filled up. */
export class Literal {
  readonly bytes: Buffer
  readonly length: number
  readonly words: Int32Array

  constructor(text: string) {
    this.bytes = Buffer.from(text)
    this.length = this.bytes.length
    const filled = Buffer.concat([this.bytes, Buffer.alloc(3)])
    this.words = Int32Array.from({ length: filled.length >> 2 }, (_, index) => filled.readInt32LE(index * 4))
  }
}

/**
 * Writes JSON in UTF-8, which is several times as fast as to put strings together. One object serves one text after
 * another.
 */
export class JsonBytes {
  at = 0
  bytes: Buffer = Buffer.allocUnsafeSlow(FIRST_BYTES)
  private view = viewOf(this.bytes)
  private most = LONGEST_TEXT
  private isAscii = true

  /**
   * `quote` makes a JSON string of what has to be escaped, or has other than ASCII; `tooLong` an error of a text that
   * is longer than what `begin` allows.
   */
  constructor(
    private readonly quote: (text: string) => string,
    private readonly tooLong: (most: number) => Error | object,
  ) {}

  /** A text of `most` bytes, or a megabyte if that is more. */
  begin(most = LONGEST_TEXT): void {
    this.at = 0
    this.isAscii = true
    this.most = Math.min(KEPT_BYTES + most, LONGEST_TEXT)
    if (this.bytes.length > KEPT_BYTES) this.provide(Buffer.allocUnsafeSlow(FIRST_BYTES))
  }

  slice(start: number, end = this.at): string {
    return this.bytes.toString(this.isAscii ? 'latin1' : 'utf8', start, end)
  }

  toString(): string {
    return this.slice(0)
  }

  /** A call into V8 would hold up the short texts that most are. */
  copyTo(target: Buffer, place: number): void {
    const { bytes, at } = this
    if (at > SHORT_TEXT) bytes.copy(target, place, 0, at)
    else for (let index = 0; index < at; index += 1) target[place + index] = bytes[index]!
  }

  literal({ length, words }: Literal): void {
    this.ensure(length)
    const { view, at } = this
    for (let index = 0, to = at; index < words.length; index += 1, to += 4) view.setInt32(to, words[index]!, true)
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

  /**
   * A double as Java writes it, if it has six decimals or fewer; false for any other, of which nothing is written.
   * Decimals of 15 digits are all different doubles: one that is the quotient has no shorter name.
   */
  decimal(value: number): boolean {
    const magnitude = Math.abs(value)
    const millionths = Math.round(magnitude * MILLION)
    if (!(magnitude >= 1e-3 && magnitude < 1e7) || millionths / MILLION !== magnitude) return false
    this.ensure(LONGEST_NUMBER)
    const { bytes } = this
    if (value < 0) bytes[this.at++] = MINUS
    const whole = Math.floor(millionths / MILLION)
    this.digits(whole, countDigits(whole))
    bytes[this.at++] = POINT
    this.digits(millionths - whole * MILLION, 6)
    const shortest = this.at - 5
    while (this.at > shortest && bytes[this.at - 1] === ZERO) this.at -= 1
    return true
  }

  /** A string that lies in a payload as UTF-8. */
  quoted(source: DataView, start: number, end: number): void {
    this.ensure(end - start + 2)
    const { bytes, view } = this
    let { at } = this
    let from = start
    bytes[at++] = QUOTE
    for (; from + 4 <= end; from += 4, at += 4) {
      const word = source.getInt32(from, true)
      if (!isPlainWord(word)) return this.withCare(source, start, end)
      view.setInt32(at, word, true)
    }
    for (; from < end; from += 1, at += 1) {
      const byte = source.getUint8(from)
      if (PLAIN[byte] === 0) return this.withCare(source, start, end)
      bytes[at] = byte
    }
    bytes[at] = QUOTE
    this.at = at + 1
  }

  byteAt(place: number): number {
    return this.bytes[place]!
  }

  startsWith(place: number, { bytes }: Literal): boolean {
    return bytes.compare(this.bytes, place, Math.min(place + bytes.length, this.at)) === 0
  }

  /** Puts it before what was written since `place`. */
  insert(place: number, { bytes }: Literal): void {
    this.ensure(bytes.length)
    this.bytes.copyWithin(place + bytes.length, place, this.at)
    this.bytes.set(bytes, place)
    this.at += bytes.length
  }

  private withCare({ buffer, byteOffset }: DataView, start: number, end: number): void {
    this.text(this.quote(Buffer.from(buffer, byteOffset + start, end - start).toString()))
  }

  private unicode(text: string): void {
    this.isAscii = false
    this.at += this.bytes.write(text, this.at)
  }

  /** `value` is less than a billion, and has `count` digits with zeros before it. */
  private digits(value: number, count: number): void {
    const { view } = this
    const start = this.at
    let place = (this.at = start + count)
    let rest = value | 0
    while (place - 2 >= start) {
      const hundredth = (rest / 100) | 0
      place -= 2
      view.setUint16(place, PAIRS[rest - hundredth * 100]!, true)
      rest = hundredth
    }
    if (place > start) this.bytes[start] = ZERO + rest
  }

  private ensure(count: number): void {
    if (this.at + count + SLACK > this.bytes.length) this.grow(this.at + count)
  }

  private grow(wanted: number): void {
    if (wanted > this.most) throw this.tooLong(this.most)
    const larger = Buffer.allocUnsafeSlow(Math.max(wanted + SLACK, this.bytes.length * 2))
    this.bytes.copy(larger, 0, 0, this.at)
    this.provide(larger)
  }

  private provide(bytes: Buffer): void {
    this.bytes = bytes
    this.view = viewOf(bytes)
  }
}

const viewOf = ({ buffer, byteOffset, length }: Uint8Array): DataView => new DataView(buffer, byteOffset, length)

/**
 * Whether all four bytes stand for themselves in a JSON string. What is taken from a smaller byte borrows, and so shows
 * by the highest bit which one is a control character, or was equal.
 */
const isPlainWord = (word: number): boolean =>
  ((word | (word - 0x20202020) | ((word ^ 0x22222222) - 0x01010101) | ((word ^ 0x5c5c5c5c) - 0x01010101)) &
    0x80808080) ===
  0

function countDigits(value: number): number {
  let count = 1
  for (let limit = 10; value >= limit; limit *= 10) count += 1
  return count
}
