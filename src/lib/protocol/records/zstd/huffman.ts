import { MalformedError } from '../../../errors.ts'
import { BackwardBits, highestBit } from './bits.ts'
import { readFse } from './fse.ts'

/**
 * A Huffman code (RFC 8878, 4.2): for the next `maxBits` bits, the symbol that they begin with and how many it takes.
 */
export interface HuffmanTable {
  readonly maxBits: number
  readonly symbols: Uint8Array
  readonly bits: Uint8Array
}

const MAX_BITS = 11
const MAX_SYMBOLS = 256
const MAX_WEIGHT_LOG = 6

/** Reads the description of a code; returns it and where it ends. */
export function readHuffman(data: Uint8Array, start: number, end: number): { table: HuffmanTable; end: number } {
  const header = start < end ? data[start]! : 0
  const isPlain = header >= 128
  const tableEnd = start + 1 + (isPlain ? (header - 126) >> 1 : header)
  if (tableEnd > end) throw new MalformedError('a zstd code is cut off')
  const weights = isPlain ? plainWeights(data, start + 1, header - 127) : packedWeights(data, start + 1, tableEnd)
  return { table: buildHuffman(weights), end: tableEnd }
}

function plainWeights(data: Uint8Array, start: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => {
    const byte = data[start + (index >> 1)]!
    return index % 2 === 0 ? byte >> 4 : byte & 15
  })
}

/** Two states take turns on one stream of bits. */
function packedWeights(data: Uint8Array, start: number, end: number): number[] {
  const {
    table: { log, symbols, bits, bases },
    end: streamStart,
  } = readFse(data, start, end, MAX_WEIGHT_LOG, MAX_SYMBOLS - 1)
  const stream = new BackwardBits(data, streamStart, end)
  const weights: number[] = []
  let state = stream.read(log)
  let other = stream.read(log)
  while (weights.length < MAX_SYMBOLS) {
    weights.push(symbols[state]!)
    const next = bases[state]! + stream.read(bits[state]!)
    if (stream.left < 0) {
      weights.push(symbols[other]!)
      return weights
    }
    state = other
    other = next
  }
  throw new MalformedError('a zstd code of too many symbols')
}

/** The last symbol's weight is not written: it is what is missing to a power of two. */
function buildHuffman(weights: number[]): HuffmanTable {
  if (weights.some((weight) => weight > MAX_BITS)) throw new MalformedError('a zstd code of too many bits')
  const sum = weights.reduce((total, weight) => total + (weight === 0 ? 0 : 1 << (weight - 1)), 0)
  const maxBits = highestBit(sum) + 1
  const missing = (1 << maxBits) - sum
  const isPowerOfTwo = (missing & (missing - 1)) === 0
  if (sum === 0 || maxBits > MAX_BITS || !isPowerOfTwo || weights.length >= MAX_SYMBOLS)
    throw new MalformedError('a zstd code that does not fit')
  weights.push(highestBit(missing) + 1)
  const symbols = new Uint8Array(1 << maxBits)
  const bits = new Uint8Array(1 << maxBits)
  let at = 0
  for (let weight = 1; weight <= maxBits; weight += 1) {
    for (let symbol = 0; symbol < weights.length; symbol += 1) {
      if (weights[symbol] !== weight) continue
      const end = at + (1 << (weight - 1))
      symbols.fill(symbol, at, end)
      bits.fill(maxBits + 1 - weight, at, end)
      at = end
    }
  }
  return { maxBits, symbols, bits }
}

/** Decodes the stream between `start` and `end` into `out`, which it has to fill to the last byte. */
export function decodeHuffman(
  { maxBits, symbols, bits }: HuffmanTable,
  data: Uint8Array,
  start: number,
  end: number,
  out: Uint8Array,
): void {
  let { left } = new BackwardBits(data, start, end)
  const mask = (1 << maxBits) - 1
  for (let at = 0; at < out.length; at += 1) {
    const position = left - maxBits
    const index = start + (position >> 3)
    const code =
      position >= 0
        ? ((data[index]! | (data[index + 1]! << 8) | (data[index + 2]! << 16)) >> (position & 7)) & mask
        : left > 0
          ? ((data[start]! | (data[start + 1]! << 8)) & ((1 << left) - 1)) << -position
          : 0
    out[at] = symbols[code]!
    left -= bits[code]!
  }
  if (left !== 0) throw new MalformedError('zstd literals do not end where they should')
}
