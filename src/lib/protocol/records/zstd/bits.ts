import { MalformedError } from '../../../errors.ts'

/**
 * A stream of bits that is read from its end to its beginning (RFC 8878, 4.1). The highest set bit of its last byte
 * marks the end.
 */
export class BackwardBits {
  /** Bits that are left; below zero when more was read than there was, which reads as zeros. */
  left: number

  constructor(
    private readonly data: Uint8Array,
    private readonly start: number,
    end: number,
  ) {
    const last = end > start ? data[end - 1]! : 0
    if (last === 0) throw new MalformedError('a zstd bit stream has no end mark')
    this.left = (end - start) * 8 - 8 + highestBit(last)
  }

  /** The next bits, 25 at most. */
  read(count: number): number {
    this.left -= count
    return this.left >= 0 ? this.at(this.left, count) : this.beyond(count)
  }

  /** What a read past the beginning gets: the bits that were left, followed by zeros. */
  private beyond(count: number): number {
    const had = this.left + count
    return had > 0 ? this.at(0, had) << (count - had) : 0
  }

  private at(position: number, count: number): number {
    const { data } = this
    const index = this.start + (position >>> 3)
    const word = data[index]! | (data[index + 1]! << 8) | (data[index + 2]! << 16) | (data[index + 3]! << 24)
    return (word >>> (position & 7)) & ((1 << count) - 1)
  }
}

/** The place of the highest bit that is set, from 0; -1 for none. */
export function highestBit(value: number): number {
  return 31 - Math.clz32(value)
}
