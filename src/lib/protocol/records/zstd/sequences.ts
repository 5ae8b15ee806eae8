import { MalformedError } from '../../../errors.ts'
import { BackwardBits } from './bits.ts'
import { buildFse, readFse, singleSymbol, type FseTable } from './fse.ts'

/** One of the three codes that a sequence is made of (RFC 8878, 3.1.1.3.2.1). */
class Code {
  private table: FseTable | undefined

  constructor(
    readonly maxLog: number,
    readonly maxSymbol: number,
    private readonly counts: readonly number[],
    private readonly log: number,
  ) {}

  /** Built where it is first needed: most who read records meet no zstd. */
  get standard(): FseTable {
    return (this.table ??= buildFse(this.counts, this.log))
  }
}

const TAIL = [-1, -1, -1, -1]
const times = (count: number, value: number): number[] => Array.from({ length: count }, () => value)

const LITERAL_LENGTHS = new Code(
  9,
  35,
  [4, 3, ...times(11, 2), 1, 1, 1, ...times(9, 2), 3, 2, 1, 1, 1, 1, 1, ...TAIL],
  6,
)
const OFFSETS = new Code(8, 31, [...times(6, 1), 2, 2, 2, ...times(15, 1), ...TAIL, -1], 5)
const MATCH_LENGTHS = new Code(9, 52, [1, 4, 3, ...times(6, 2), ...times(37, 1), ...TAIL, -1, -1, -1], 6)

/** Extra bits of each code; its smallest value is where the one before it ends. */
const LITERAL_BITS = Uint8Array.from([
  ...times(16, 0),
  1,
  1,
  1,
  1,
  2,
  2,
  3,
  3,
  4,
  6,
  7,
  8,
  9,
  10,
  11,
  12,
  13,
  14,
  15,
  16,
])
const MATCH_BITS = Uint8Array.from([
  ...times(32, 0),
  1,
  1,
  1,
  1,
  2,
  2,
  3,
  3,
  4,
  4,
  5,
  7,
  8,
  9,
  10,
  11,
  12,
  13,
  14,
  15,
  16,
])
const LITERAL_BASES = basesOf(LITERAL_BITS, 0)
const MATCH_BASES = basesOf(MATCH_BITS, 3)

function basesOf(bits: Uint8Array, first: number): Int32Array {
  let base = first
  return Int32Array.from(bits, (count) => (base += 1 << count) - (1 << count))
}

/** More would be further back than anything that is let through. */
const MAX_OFFSET_BITS = 27

export interface SequenceTables {
  readonly literals: FseTable
  readonly offsets: FseTable
  readonly matches: FseTable
}

/** What the sequences of a block are read with, and where it begins. `before` are the tables of the block before. */
export interface SequenceHeader {
  readonly count: number
  readonly tables: SequenceTables | null
  readonly streamStart: number
}

export function readSequenceHeader(
  data: Uint8Array,
  start: number,
  end: number,
  before: SequenceTables | null,
): SequenceHeader {
  if (start >= end) throw new MalformedError('a zstd block has no sequences')
  const first = data[start]!
  if (first === 0) return { count: 0, tables: before, streamStart: start + 1 }
  const width = first < 128 ? 1 : first < 255 ? 2 : 3
  if (start + width + 1 > end) throw new MalformedError('zstd sequences are cut off')
  const count =
    width === 1
      ? first
      : width === 2
        ? ((first - 128) << 8) + data[start + 1]!
        : data[start + 1]! + (data[start + 2]! << 8) + 0x7f00
  const modes = data[start + width]!
  if ((modes & 3) !== 0) throw new MalformedError(`zstd sequences of mode ${modes}`)
  let at = start + width + 1
  const read = (code: Code, mode: number, old: FseTable | undefined): FseTable => {
    const { table, end: next } = readTable(code, mode, old, data, at, end)
    at = next
    return table
  }
  const literals = read(LITERAL_LENGTHS, modes >> 6, before?.literals)
  const offsets = read(OFFSETS, (modes >> 4) & 3, before?.offsets)
  const matches = read(MATCH_LENGTHS, (modes >> 2) & 3, before?.matches)
  return { count, tables: { literals, offsets, matches }, streamStart: at }
}

function readTable(
  code: Code,
  mode: number,
  old: FseTable | undefined,
  data: Uint8Array,
  at: number,
  end: number,
): { table: FseTable; end: number } {
  const { maxLog, maxSymbol } = code
  switch (mode) {
    case 0:
      return { table: code.standard, end: at }
    case 1: {
      const symbol = at < end ? data[at]! : Infinity
      if (symbol > maxSymbol) throw new MalformedError(`a zstd sequence of code ${symbol}`)
      return { table: singleSymbol(symbol), end: at + 1 }
    }
    case 2:
      return readFse(data, at, end, maxLog, maxSymbol)
    default:
      if (!old) throw new MalformedError('zstd sequences repeat a table that was not there')
      return { table: old, end: at }
  }
}

/** Where the output of a frame grows. */
export interface Output {
  bytes: Uint8Array
  /** How much of it is written. */
  length: number
  /** The three offsets that were used last, which short codes stand for. */
  readonly recent: Int32Array
}

/**
 * Carries out the sequences of a block: so many literals, then a match further back, again and again; the literals that
 * are left come last. `out` has room up to `limit`, and MalformedError is thrown before a byte is written behind it.
 */
export function runSequences(
  data: Uint8Array,
  { count, tables, streamStart }: SequenceHeader,
  end: number,
  literals: Uint8Array,
  out: Output,
  limit: number,
): void {
  const used = count === 0 ? 0 : runAll(data, count, tables!, streamStart, end, literals, out, limit)
  const left = literals.length - used
  if (left > limit - out.length) throw tooMuch()
  out.bytes.set(used === 0 ? literals : literals.subarray(used), out.length)
  out.length += left
}

/** Returns how many of the literals were used. */
function runAll(
  data: Uint8Array,
  count: number,
  { literals: literalCode, offsets: offsetCode, matches: matchCode }: SequenceTables,
  streamStart: number,
  end: number,
  literals: Uint8Array,
  out: Output,
  limit: number,
): number {
  const stream = new BackwardBits(data, streamStart, end)
  const { bytes } = out
  let literalState = stream.read(literalCode.log)
  let offsetState = stream.read(offsetCode.log)
  let matchState = stream.read(matchCode.log)
  let used = 0
  let at = out.length
  for (let left = count; ; left -= 1) {
    const offsetValue = readOffset(stream, offsetCode.symbols[offsetState]!)
    const match = matchCode.symbols[matchState]!
    const matchLength = MATCH_BASES[match]! + stream.read(MATCH_BITS[match]!)
    const literal = literalCode.symbols[literalState]!
    const literalLength = LITERAL_BASES[literal]! + stream.read(LITERAL_BITS[literal]!)
    if (literalLength > literals.length - used || literalLength + matchLength > limit - at) throw tooMuch()
    for (const stop = used + literalLength; used < stop; ) bytes[at++] = literals[used++]!
    const offset = offsetOf(offsetValue, literalLength, out.recent)
    if (offset > at || offset < 1) throw new MalformedError(`a zstd match ${offset} bytes back, at ${at}`)
    copyMatch(bytes, at, offset, matchLength)
    at += matchLength
    if (left === 1) break
    literalState = literalCode.bases[literalState]! + stream.read(literalCode.bits[literalState]!)
    matchState = matchCode.bases[matchState]! + stream.read(matchCode.bits[matchState]!)
    offsetState = offsetCode.bases[offsetState]! + stream.read(offsetCode.bits[offsetState]!)
  }
  if (stream.left !== 0) throw new MalformedError('zstd sequences do not end where they should')
  out.length = at
  return used
}

function readOffset(stream: BackwardBits, code: number): number {
  if (code > MAX_OFFSET_BITS) throw new MalformedError(`a zstd match ${2 ** code} bytes back`)
  if (code <= 16) return (1 << code) + stream.read(code)
  const high = stream.read(code - 16)
  return (1 << code) + (high << 16) + stream.read(16)
}

/** Values up to 3 stand for offsets that were used lately; which ones, depends on whether there are literals. */
function offsetOf(value: number, literalLength: number, recent: Int32Array): number {
  if (value > 3) {
    recent[2] = recent[1]!
    recent[1] = recent[0]!
    return (recent[0] = value - 3)
  }
  const place = literalLength === 0 ? value : value - 1
  if (place === 0) return recent[0]!
  const offset = place === 3 ? recent[0]! - 1 : recent[place]!
  if (place > 1) recent[2] = recent[1]!
  recent[1] = recent[0]!
  return (recent[0] = offset)
}

/** Long matches that do not overlap themselves are moved as a whole; short ones are quicker byte by byte. */
function copyMatch(bytes: Uint8Array, at: number, offset: number, length: number): void {
  const from = at - offset
  if (length > 32 && offset >= length) {
    bytes.copyWithin(at, from, from + length)
    return
  }
  for (let index = 0; index < length; index += 1) bytes[at + index] = bytes[from + index]!
}

const tooMuch = (): MalformedError => new MalformedError('a zstd block is larger than it may be')
