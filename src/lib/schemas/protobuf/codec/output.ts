const TWO_32 = 0x1_0000_0000

/** Writes protobuf's wire format. */
export class Output {
  private bytes = Buffer.allocUnsafe(256)
  private at = 0

  constructor(prefix?: Buffer) {
    if (prefix !== undefined) this.at = prefix.copy(this.bytes)
  }

  /** What was written so far, as a copy. */
  toBuffer(): Buffer {
    return Buffer.from(this.bytes.subarray(0, this.at))
  }

  /** Of 32 bits, without sign. */
  varint32(value: number): void {
    this.reserve(5)
    let rest = value >>> 0
    while (rest > 0x7f) {
      this.bytes[this.at++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    this.bytes[this.at++] = rest
  }

  /** The low 64 bits of an integer; a number is exact. */
  varint64(value: number | bigint): void {
    this.reserve(10)
    let [low, high] = halves(value)
    while (high > 0 || low > 0x7f) {
      this.bytes[this.at++] = (low & 0x7f) | 0x80
      low = ((low >>> 7) | (high << 25)) >>> 0
      high >>>= 7
    }
    this.bytes[this.at++] = low
  }

  fixed32(value: number): void {
    this.reserve(4)
    this.at = this.bytes.writeUInt32LE(value >>> 0, this.at)
  }

  fixed64(value: number | bigint): void {
    const [low, high] = halves(value)
    this.fixed32(low)
    this.fixed32(high)
  }

  float(value: number): void {
    this.reserve(4)
    this.at = this.bytes.writeFloatLE(value, this.at)
  }

  double(value: number): void {
    this.reserve(8)
    this.at = this.bytes.writeDoubleLE(value, this.at)
  }

  string(text: string): void {
    const length = Buffer.byteLength(text)
    this.varint32(length)
    this.reserve(length)
    this.at += this.bytes.write(text, this.at)
  }

  delimitedBytes(bytes: Buffer): void {
    this.varint32(bytes.length)
    this.reserve(bytes.length)
    this.at += bytes.copy(this.bytes, this.at)
  }

  /** What is written next has its length before it; `end` takes what this returns. */
  begin(): number {
    this.reserve(1)
    return this.at++
  }

  end(start: number): void {
    const length = this.at - start - 1
    const lengthBytes = length < 0x80 ? 1 : length < 0x4000 ? 2 : length < 0x20_0000 ? 3 : length < 0x1000_0000 ? 4 : 5
    this.reserve(lengthBytes)
    this.bytes.copyWithin(start + lengthBytes, start + 1, this.at)
    this.at = start
    this.varint32(length)
    this.at += length
  }

  private reserve(length: number): void {
    const needed = this.at + length
    if (needed <= this.bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.bytes.length))
    this.bytes.copy(larger, 0, 0, this.at)
    this.bytes = larger
  }
}

/** Low and high 32 bits of two's complement, without sign. */
function halves(value: number | bigint): [low: number, high: number] {
  if (typeof value === 'number') return [value >>> 0, Math.floor(value / TWO_32) >>> 0]
  return [Number(BigInt.asUintN(32, value)), Number(BigInt.asUintN(32, value >> 32n))]
}
