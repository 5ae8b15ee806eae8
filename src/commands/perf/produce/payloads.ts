import { isAbsolute } from 'node:path'
import { javaRegexWithin } from '../../../lib/java/pattern.ts'
import { withPattern } from '../../../lib/regex/matcher.ts'
import { UserError } from '../../../lib/errors.ts'
import { readBytes } from '../../../lib/files.ts'
import type { Order } from '../../../lib/work/command.ts'
import { createRandom } from '../../../lib/weblog/random.ts'
import { live } from '../metrics.ts'
import { withDefaults, type PerfProduceValues } from './options.ts'

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

/** Pieces of a pool of letters, one after the other, and round again. */
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

/** The path as Apache's tool shows it: from the root on, and otherwise as it was given. */
export function shownPath(path: string, cwd: string): string {
  return isAbsolute(path) ? path : `${cwd}/${path}`
}

/** Throws UserError when the file cannot be read or is empty, or the delimiter is no regular expression. */
export function readPayloads(path: string, delimiter: string): Buffer[] {
  const pattern = javaRegexWithin(delimiter)
  // Data, not a setting: what is no text becomes what Java makes of it.
  const text = readBytes(path, { before: '--payload-file ' }).toString()
  if (text === '') throw new UserError(`--payload-file ${path} is empty`)
  return withPattern(pattern, text, () => divide(text, pattern), `--payload-delimiter ${delimiter}`).map((payload) =>
    Buffer.from(payload),
  )
}

/** Divides as java.util.Scanner does: a delimiter at the beginning or at the end has no empty payload beyond it. */
function divide(text: string, delimiter: RegExp): string[] {
  const payloads: string[] = []
  let from = 0
  for (const match of text.matchAll(delimiter)) {
    if (match[0] === '' && (match.index === 0 || match.index === text.length)) continue
    if (match.index + match[0].length > 0 && match.index > 0) payloads.push(text.slice(from, match.index))
    from = match.index + match[0].length
  }
  if (from < text.length) payloads.push(text.slice(from))
  return payloads
}

/** Makes the payloads of one of several producers. */
export type PayloadsFor = (producer: number) => Payloads

/** The same payloads in every run. */
const SEED = 0

/**
 * What the options say is to be sent; how a payload file is read is told as the run itself. Throws UserError for a file
 * that has no payload.
 */
export function readPayloadsFor({ values, context }: Order<PerfProduceValues>): PayloadsFor {
  const { payloadFile, payloadDelimiter = '\\n', producers = 1 } = values
  const { recordSize } = withDefaults(values, context.style)
  if (recordSize !== undefined) {
    const pool = letterPool(recordSize, createRandom(SEED))
    return () => new RandomPayloads(pool, recordSize)
  }
  if (payloadFile === undefined) return (producer) => new MonotonicPayloads(producer, producers)
  const path = shownPath(payloadFile, context.cwd)
  const say = (line: string): void => live(line, context)
  say(`Reading payloads from: ${path}`)
  const list = readPayloads(path, payloadDelimiter)
  say(`Number of records read: ${list.length}`)
  if (list.length === 0) throw new UserError(`--payload-file ${path} holds nothing but delimiters`)
  return (producer) => new ListedPayloads(list, createRandom(SEED + producer))
}
