/** The values to send, one after the other. A cursor: nothing is made per record. */
export interface Payloads {
  /** Where the value lies: `buffer[start, end)`, after `next`. */
  buffer: Buffer
  start: number
  end: number
  next(): void
}

/** What the largest batch holds, twice, so that none repeats itself and compresses better for it. */
const POOL_BYTES = 2 * 1024 * 1024 + 1

/**
 * Random capital letters to cut payloads of this size out of: drawing each letter anew would cost more than sending it.
 */
export function letterPool(recordSize: number, random: () => number): Buffer {
  const pool = Buffer.allocUnsafeSlow(POOL_BYTES + recordSize)
  for (let at = 0; at < pool.length; at += 1) pool[at] = 65 + Math.floor(random() * 26)
  return pool
}

/** Pieces of a pool of letters, one behind the other, and round again. */
export class RandomPayloads implements Payloads {
  start = 0
  end = 0

  /** `pool` comes from `letterPool` for the same size. */
  constructor(
    readonly buffer: Buffer,
    private readonly recordSize: number,
  ) {}

  next(): void {
    // The odd byte of the pool lets the second round cut it in other places.
    this.start = this.end % POOL_BYTES
    this.end = this.start + this.recordSize
  }
}

/** Texts picked at random from a list that is not empty. */
export class ListedPayloads implements Payloads {
  buffer: Buffer
  readonly start = 0
  end = 0

  constructor(
    private readonly list: readonly Buffer[],
    private readonly random: () => number,
  ) {
    this.buffer = list[0]!
  }

  next(): void {
    this.buffer = this.list[Math.floor(this.random() * this.list.length)]!
    this.end = this.buffer.length
  }
}

/** The decimal numbers from one on, `step` apart. */
export class MonotonicPayloads implements Payloads {
  readonly buffer = Buffer.alloc(20)
  readonly start = 0
  end = 0

  constructor(
    private number: number,
    private readonly step: number,
  ) {}

  next(): void {
    this.end = this.buffer.write(String(this.number), 'latin1')
    this.number += this.step
  }
}
