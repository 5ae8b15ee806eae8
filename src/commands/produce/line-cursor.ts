import type { ValueRun } from '../../lib/protocol/records/index.ts'

const LF = 10
const CR = 13
const NOTHING = Buffer.alloc(0)
const NOWHERE = 0x7fff_ffff
/** So many lines are found at a time. */
const MOST_AHEAD = 256

/**
 * Cuts a stream of bytes into lines as Java's BufferedReader does: a line feed, a carriage return, or both in this
 * order end a line, and what stands behind the last one is a line as well. A cursor, with no object per line: `open` a
 * chunk, call `next` until it returns false, `finish` after the last chunk.
 */
export class LineCursor {
  /** Where the current line lies: `buffer[start, end)`. Good until the next call. */
  buffer: Buffer = NOTHING
  start = 0
  end = 0
  /** Bytes that were left out of the middle of a line too long to be kept. */
  omitted = 0
  /** Whether no end of line stands behind it. */
  isLast = false

  /** Lines that lie whole in the chunk, behind the current one: those that have been found. */
  readonly ahead: ValueRun = { source: NOTHING, bounds: new Int32Array(2 * MOST_AHEAD), first: 0, end: 0 }
  private chunk: Buffer = NOTHING
  /** What lies before has been cut into lines. */
  private at = 0
  /** The next line feed and carriage return at or behind `at`; -1 when they have to be looked for. */
  private lf = -1
  private cr = -1
  /** The chunk before ended in a carriage return: a line feed in front belongs to it. */
  private skipsLf = false
  /**
   * The beginning of a line whose end is not here yet, in memory that every such line uses: how much is kept, and how
   * much is not.
   */
  private carry: Buffer = NOTHING
  private kept = 0
  private lost = 0

  /** Of a longer line only the first `maxBytes` are kept. */
  constructor(private readonly maxBytes: number) {}

  open(chunk: Buffer): void {
    this.chunk = this.ahead.source = chunk
    this.at = this.ahead.first = this.ahead.end = 0
    this.lf = this.cr = -1
    this.skipLf()
  }

  /** Moves to the next whole line; false when the chunk holds none any more. */
  next(): boolean {
    if (this.isCarrying) return this.joinNext()
    if (this.lookAhead() === 0) return this.keepRest()
    const { source, bounds, first } = this.ahead
    this.buffer = source
    this.start = bounds[2 * first]!
    this.end = bounds[2 * first + 1]!
    this.omitted = 0
    this.ahead.first += 1
    return true
  }

  /** How many lines are `ahead`: none when the chunk holds no whole one any more. */
  lookAhead(): number {
    const { ahead } = this
    if (ahead.first === ahead.end && !this.isCarrying) this.findLines()
    return ahead.end - ahead.first
  }

  /** Passes over so many lines that are ahead; returns how many bytes they have. */
  skip(count: number): number {
    const { bounds, first } = this.ahead
    this.ahead.first += count
    let bytes = 0
    for (let index = first; index < first + count; index += 1) bytes += bounds[2 * index + 1]! - bounds[2 * index]!
    return bytes
  }

  private findLines(): void {
    const { bounds } = this.ahead
    let count = 0
    while (count < MOST_AHEAD) {
      const start = this.at
      const end = this.nextEnd()
      if (end === NOWHERE) break
      bounds[2 * count] = start
      bounds[2 * count + 1] = end
      count += 1
    }
    this.ahead.first = 0
    this.ahead.end = count
  }

  /** Where the line at `at` ends, and moves behind that; NOWHERE for one that does not end in this chunk. */
  private nextEnd(): number {
    const { chunk, at } = this
    if (this.lf < at) this.lf = find(chunk, LF, at)
    if (this.cr < at) this.cr = find(chunk, CR, at)
    const end = this.lf < this.cr ? this.lf : this.cr
    if (end === NOWHERE) return NOWHERE
    this.at = end + 1
    if (end === this.cr) {
      this.skipsLf = true
      this.skipLf()
    }
    return end
  }

  private skipLf(): void {
    if (!this.skipsLf || this.at === this.chunk.length) return
    this.skipsLf = false
    if (this.chunk[this.at] === LF) this.at += 1
  }

  private joinNext(): boolean {
    const from = this.at
    const end = this.nextEnd()
    return end === NOWHERE ? this.keepRest() : this.join(from, end)
  }

  private keepRest(): false {
    if (this.at < this.chunk.length) this.keep(this.chunk.subarray(this.at))
    this.at = this.chunk.length
    return false
  }

  private get isCarrying(): boolean {
    return this.kept > 0 || this.lost > 0
  }

  /** Copies the part of a line, since the chunk's memory is used again. */
  private keep(part: Buffer): void {
    const length = Math.min(part.length, this.maxBytes - this.kept)
    if (this.kept + length > this.carry.length) this.grow(this.kept + length)
    part.copy(this.carry, this.kept, 0, length)
    this.kept += length
    this.lost += part.length - length
  }

  private grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, Math.min(2 * this.carry.length, this.maxBytes)))
    this.carry.copy(larger, 0, 0, this.kept)
    this.carry = larger
  }

  private join(from: number, end: number): true {
    this.keep(this.chunk.subarray(from, end))
    this.buffer = this.carry
    this.start = 0
    this.end = this.kept
    this.omitted = this.lost
    this.kept = this.lost = 0
    return true
  }

  /** Moves to the line that no end of line stands behind; false when there is none. */
  finish(): boolean {
    this.open(NOTHING)
    this.isLast = true
    return this.isCarrying && this.join(0, 0)
  }
}

/** Takes each chunk for a line, whatever stands in it. */
export class ChunkCursor extends LineCursor {
  private isRead = true

  constructor() {
    super(0)
  }

  override open(chunk: Buffer): void {
    this.buffer = chunk
    this.end = chunk.length
    this.isRead = false
  }

  override next(): boolean {
    const isNew = !this.isRead
    this.isRead = true
    return isNew
  }

  override finish(): boolean {
    return false
  }
}

function find(chunk: Buffer, byte: number, from: number): number {
  const at = chunk.indexOf(byte, from)
  return at < 0 ? NOWHERE : at
}
