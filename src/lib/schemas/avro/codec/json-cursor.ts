import { isIntegral } from '../jackson.ts'
import type { BinaryOutput } from './binary-output.ts'
import { DEEPEST_VALUE, Misfit } from './misfit.ts'

const QUOTE = 0x22
const COMMA = 0x2c
const MINUS = 0x2d
const ZERO = 0x30
const NINE = 0x39
const POINT = 0x2e
const COLON = 0x3a
const BACKSLASH = 0x5c
export const OPEN_ARRAY = 0x5b
export const CLOSE_ARRAY = 0x5d
export const OPEN_OBJECT = 0x7b
export const CLOSE_OBJECT = 0x7d
const SMALL = 0x20
const SMALL_E = 0x65
/** So many digits are a number whatever they are. */
const SAFE_DIGITS = 15
const POWERS = Float64Array.from({ length: SAFE_DIGITS + 1 }, (_, exponent) => 10 ** exponent)
const LONGEST_INTEGER = '-9223372036854775808'.length

/** What is looked at twice, level by level, could take as long as its square. */
const MOST_SKIPPED = 1 << 26

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const SCALAR = /[^\s,:[\]{}"]+/y
const NEEDS_CARE = /[\\\u0000-\u001f]/

export type JsonKind = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object'

/** By the first character of a value. */
const KINDS: readonly (JsonKind | undefined)[] = Array.from({ length: 128 }, (_, code) =>
  kindOfFirst(String.fromCharCode(code)),
)

function kindOfFirst(first: string): JsonKind | undefined {
  if (/[-0-9]/.test(first)) return 'number'
  if (first === 'n') return 'null'
  if (first === 't' || first === 'f') return 'boolean'
  if (first === '"') return 'string'
  return first === '[' ? 'array' : first === '{' ? 'object' : undefined
}

/**
 * Walks through a JSON text, so that it is encoded without a tree of it and 64-bit integers keep their digits. Methods
 * throw Misfit where the text is not JSON, or not what was asked for.
 */
export class JsonCursor {
  at = 0
  private depth = 0
  private skipped = 0

  /** The default of a field is of the first branch of a union that it fits, and never wrapped. */
  constructor(
    readonly text: string,
    readonly isDefault = false,
  ) {}

  /** Of the value that comes next. */
  kind(): JsonKind {
    const code = this.next()
    const kind = KINDS[code]
    if (kind !== undefined) return kind
    throw this.unexpected('a value')
  }

  finish(): void {
    this.next()
    if (this.at < this.text.length) throw this.unexpected('the end')
  }

  /** Goes into an array or object: `begin` is its bracket, and `what` is said where something else stands. */
  enter(begin: typeof OPEN_ARRAY | typeof OPEN_OBJECT, what: string): void {
    if (!this.take(begin)) throw this.unexpected(what)
    this.depth += 1
    if (this.depth > DEEPEST_VALUE) throw new Misfit(`values nest deeper than ${DEEPEST_VALUE} levels`)
  }

  leave(): void {
    this.depth -= 1
  }

  /** Whether an item or member follows; its end is taken. */
  hasMore(end: typeof CLOSE_ARRAY | typeof CLOSE_OBJECT, isFirst: boolean): boolean {
    if (this.take(end)) return false
    if (!isFirst && !this.take(COMMA)) throw this.unexpected(`"," or "${String.fromCharCode(end)}"`)
    return true
  }

  key(): string {
    const key = this.string('a key')
    this.colon()
    return key
  }

  /** Takes a key if it is this one; `token` is the key with its quotes. */
  takeKey(token: string): boolean {
    this.next()
    const { text, at } = this
    const { length } = token
    for (let index = 0; index < length; index += 1)
      if (text.charCodeAt(at + index) !== token.charCodeAt(index)) return false
    this.at = at + length
    this.colon()
    return true
  }

  /** The first key of the object that comes next, which stays where it is; undefined where it has none. */
  peekKey(): string | undefined {
    const start = this.at
    const key = this.take(OPEN_OBJECT) && this.next() === QUOTE ? this.string() : undefined
    this.at = start
    return key
  }

  /** Whether the object that comes next, which stays where it is, has one member only. */
  hasOneMember(): boolean {
    const start = this.at
    const hasOne = this.take(OPEN_OBJECT) && this.key() !== '' && this.skipsTo(CLOSE_OBJECT)
    this.at = start
    return hasOne
  }

  /** Takes `null`, `true` or `false`. */
  takeWord(word: string): boolean {
    this.next()
    if (!this.text.startsWith(word, this.at)) return false
    this.at += word.length
    return true
  }

  string(what = 'a string'): string {
    if (this.next() !== QUOTE) throw this.unexpected(what)
    const start = this.at
    this.passString()
    const raw = this.text.slice(start + 1, this.at - 1)
    if (!NEEDS_CARE.test(raw)) return raw
    try {
      return JSON.parse(`"${raw}"`) as string
    } catch {
      this.at = start
      throw this.unexpected('a string')
    }
  }

  /** Writes the string that comes next. */
  copyString(out: BinaryOutput): void {
    const end = this.next() === QUOTE ? out.quotedAscii(this.text, this.at) : -1
    if (end < 0) out.string(this.string())
    else this.at = end
  }

  /** The number that comes next, as a double. */
  double(what: string): number {
    const start = this.at
    const isNegative = this.next() === MINUS
    const first = isNegative ? this.at + 1 : this.at
    let at = first
    let digits = 0
    let decimals = -1
    let code = this.text.charCodeAt(at)
    for (; (code >= ZERO && code <= NINE) || (code === POINT && decimals < 0); code = this.text.charCodeAt(at)) {
      if (code === POINT) decimals = 0
      else {
        digits = digits * 10 + (code - ZERO)
        if (decimals >= 0) decimals += 1
      }
      at += 1
    }
    // Both are exact then, and so is the quotient, as near as a double comes.
    const isUsual = at > first && at - first <= SAFE_DIGITS && decimals !== 0 && (code | SMALL) !== SMALL_E
    const beginsWithZero = this.text.charCodeAt(first) === ZERO && this.text.charCodeAt(first + 1) !== POINT
    if (!isUsual || this.text.charCodeAt(first) === POINT || (beginsWithZero && at - first > 1)) {
      this.at = start
      return Number(this.number(what))
    }
    this.at = at
    const value = decimals > 0 ? digits / POWERS[decimals]! : digits
    return isNegative ? -value : value
  }

  /** The digits of a number; NaN is none. */
  number(what = 'a number'): string {
    this.next()
    NUMBER.lastIndex = this.at
    if (!NUMBER.test(this.text)) throw this.unexpected(what)
    const token = this.text.slice(this.at, NUMBER.lastIndex)
    this.at = NUMBER.lastIndex
    return token
  }

  /** A whole number, be it written as 1.0 or 1e3; a bigint where a number might not hold every digit. */
  integer(what: string): number | bigint {
    const isNegative = this.next() === MINUS
    const first = isNegative ? this.at + 1 : this.at
    let at = first
    let value = 0
    let code = this.text.charCodeAt(at)
    for (; code >= ZERO && code <= NINE; code = this.text.charCodeAt(at)) {
      value = value * 10 + (code - ZERO)
      at += 1
    }
    const isUsual = at > first && at - first <= SAFE_DIGITS && code !== POINT && (code | SMALL) !== SMALL_E
    if (!isUsual || (this.text.charCodeAt(first) === ZERO && at - first > 1)) return this.unusualInteger(what)
    this.at = at
    return isNegative ? 0 - value : value
  }

  private unusualInteger(what: string): number | bigint {
    const token = this.number(what)
    if (isIntegral(token)) {
      if (token.length > LONGEST_INTEGER) throw new Misfit(`expected ${what}, found one of ${token.length} digits`)
      return BigInt(token)
    }
    const value = Number(token)
    if (!Number.isInteger(value)) throw new Misfit(`expected ${what}, found ${token}`)
    return BigInt(value)
  }

  /** Goes past a value, which is looked at no closer than it takes to find its end. */
  skip(): void {
    this.next()
    const start = this.at
    let depth = 0
    do {
      const code = this.text.charCodeAt(this.at)
      if (code === QUOTE) this.passString()
      else if (code === OPEN_OBJECT || code === OPEN_ARRAY) depth += 1
      else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) depth -= 1
      else if (depth === 0) this.passScalar()
      else if (Number.isNaN(code)) throw this.unexpected('the end of a value')
      if (depth > 0 || code === CLOSE_OBJECT || code === CLOSE_ARRAY) this.at += Number(code !== QUOTE)
    } while (depth > 0)
    this.skipped += this.at - start
    if (depth < 0) throw this.unexpected('a value')
    if (this.skipped > MOST_SKIPPED) throw new Misfit('fields out of order, or unions without wrappers, nest too deep')
  }

  unexpected(wanted: string): Misfit {
    const rest = this.text.slice(this.at, this.at + 20)
    return new Misfit(`expected ${wanted}, found ${rest === '' ? 'the end' : rest} at character ${this.at + 1}`)
  }

  private skipsTo(symbol: number): boolean {
    this.skip()
    return this.take(symbol)
  }

  private colon(): void {
    if (!this.take(COLON)) throw this.unexpected('":"')
  }

  take(symbol: number): boolean {
    if (this.next() !== symbol) return false
    this.at += 1
    return true
  }

  /** Goes past blanks; NaN at the end. */
  private next(): number {
    let code = this.text.charCodeAt(this.at)
    while (code === 0x20 || (code <= 0x0d && (code === 0x0a || code === 0x0d || code === 0x09))) {
      this.at += 1
      code = this.text.charCodeAt(this.at)
    }
    return code
  }

  private passScalar(): void {
    SCALAR.lastIndex = this.at
    if (!SCALAR.test(this.text)) throw this.unexpected('a value')
    this.at = SCALAR.lastIndex
  }

  private passString(): void {
    let end = this.text.indexOf('"', this.at + 1)
    while (end > 0 && this.isEscaped(end)) end = this.text.indexOf('"', end + 1)
    if (end < 0) throw this.unexpected('a string that ends')
    this.at = end + 1
  }

  private isEscaped(quote: number): boolean {
    let start = quote
    while (this.text.charCodeAt(start - 1) === BACKSLASH) start -= 1
    return (quote - start) % 2 === 1
  }
}

/** Of a value that begins so. */
export const kindOfByte = (byte: number): JsonKind => KINDS[byte] ?? 'number'
