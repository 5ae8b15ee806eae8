import { MalformedError } from '../../../errors.ts'
import { highestBit } from './bits.ts'

/** A table of Finite State Entropy (RFC 8878, 4.1): for each state its symbol, and where the next one begins. */
export interface FseTable {
  readonly log: number
  readonly symbols: Uint8Array
  readonly bits: Uint8Array
  readonly bases: Uint16Array
}

/** The table in which one symbol takes no bits at all. */
export function singleSymbol(symbol: number): FseTable {
  return { log: 0, symbols: Uint8Array.of(symbol), bits: Uint8Array.of(0), bases: Uint16Array.of(0) }
}

/** Builds the table of normalised counts; -1 stands for "less than one". */
export function buildFse(counts: ArrayLike<number>, log: number): FseTable {
  const size = 1 << log
  const symbols = new Uint8Array(size)
  const next = new Uint16Array(counts.length)
  let high = size
  for (let symbol = 0; symbol < counts.length; symbol += 1) {
    next[symbol] = Math.abs(counts[symbol]!)
    if (counts[symbol] === -1) symbols[(high -= 1)] = symbol
  }
  spread(counts, symbols, high)
  const bits = new Uint8Array(size)
  const bases = new Uint16Array(size)
  for (let state = 0; state < size; state += 1) {
    const count = next[symbols[state]!]!++
    const width = log - highestBit(count)
    bits[state] = width
    bases[state] = (count << width) - size
  }
  return { log, symbols, bits, bases }
}

/** Deals the states below `high` to the symbols, in the order of the format. */
function spread(counts: ArrayLike<number>, symbols: Uint8Array, high: number): void {
  const size = symbols.length
  const step = (size >> 1) + (size >> 3) + 3
  let position = 0
  for (let symbol = 0; symbol < counts.length; symbol += 1) {
    for (let left = counts[symbol]!; left > 0; left -= 1) {
      symbols[position] = symbol
      do position = (position + step) & (size - 1)
      while (position >= high)
    }
  }
  if (position !== 0) throw new MalformedError('a zstd table that does not fit')
}

/**
 * Reads the description of a table; returns it and where it ends. Throws MalformedError for one that is larger than it
 * may be.
 */
export function readFse(
  data: Uint8Array,
  start: number,
  end: number,
  maxLog: number,
  maxSymbol: number,
): { table: FseTable; end: number } {
  const bits = new ForwardBits(data, start, end)
  const log = bits.read(4) + 5
  if (log > maxLog) throw new MalformedError(`a zstd table of ${2 ** log} states`)
  const counts: number[] = []
  for (let remaining = 1 << log; remaining > 0; ) {
    if (counts.length > maxSymbol) throw new MalformedError('a zstd table of too many symbols')
    const count = bits.readCount(remaining)
    counts.push(count)
    remaining -= Math.abs(count)
    if (count === 0) readZeros(bits, counts)
  }
  if (counts.length > maxSymbol + 1) throw new MalformedError('a zstd table of too many symbols')
  return { table: buildFse(counts, log), end: bits.end }
}

/** After a count of 0, two bits say how many more there are; three say that two more bits follow. */
function readZeros(bits: ForwardBits, counts: number[]): void {
  for (let more = 3; more === 3; ) {
    more = bits.read(2)
    for (let left = more; left > 0; left -= 1) counts.push(0)
  }
}

class ForwardBits {
  private position = 0
  constructor(
    private readonly data: Uint8Array,
    private readonly start: number,
    private readonly limit: number,
  ) {}

  /** The first byte that has not been begun. */
  get end(): number {
    return this.start + ((this.position + 7) >> 3)
  }

  read(count: number): number {
    const value = this.peek(count)
    this.move(count)
    return value
  }

  /** A count has as few bits as what remains allows; the small ones have one bit less. */
  readCount(remaining: number): number {
    const width = highestBit(remaining + 1) + 1
    const low = (1 << (width - 1)) - 1
    const spare = (1 << width) - 1 - (remaining + 1)
    const value = this.peek(width)
    const isShort = (value & low) < spare
    this.move(isShort ? width - 1 : width)
    return (isShort ? value & low : value > low ? value - spare : value) - 1
  }

  private peek(count: number): number {
    const { data } = this
    const index = this.start + (this.position >> 3)
    const word = (data[index] ?? 0) | ((data[index + 1] ?? 0) << 8) | ((data[index + 2] ?? 0) << 16)
    return (word >> (this.position & 7)) & ((1 << count) - 1)
  }

  private move(count: number): void {
    this.position += count
    if (this.end > this.limit) throw new MalformedError('a zstd table is cut off')
  }
}
