import { SchemaError, SchemaTooLargeError } from '../../format.ts'

export interface Token {
  readonly kind: 'identifier' | 'number' | 'string' | 'symbol' | 'end'
  /** As it stands in the text; a string with its quotes. */
  readonly text: string
  readonly at: number
}

const BLANKS = /[ \t\r\n\f\v]+/y
const LINE_COMMENT = /\/\/[^\n]*/y
const IDENTIFIER = /[A-Za-z_][A-Za-z0-9_]*/y
/** Also what no number is, such as `1a`, so that it is refused whole. */
const NUMBER = /(?:\d|\.\d)(?:[eE][+-]|[\w.])*/y
const IS_NUMBER = /^(?:0[xX][\da-fA-F]+|0[0-7]*|[1-9]\d*|(?:\d+\.\d*|\.\d+|\d+(?=[eE]))(?:[eE][+-]?\d+)?[fF]?|\d+[fF])$/
const STRING = /"[^"\\\n]*(?:\\[^\n][^"\\\n]*)*"|'[^'\\\n]*(?:\\[^\n][^'\\\n]*)*'/y
const LINE_FEED = 0x0a
const SPACE = 0x20
const SLASH = 0x2f
const SYMBOLS = '{}[]()<>=;:,.-+/'

/** Some 10,000 fields. To read, compare and write more would hold up whoever waits for a registry. */
const MOST_TOKENS = 60_000

/** The tokens of a `.proto` file, one ahead. */
export class Tokens {
  private at = 0
  private count = 0
  private ahead: Token
  /** Whether `export` and `local` are keywords: the file says so by its edition. */
  hasVisibility = false

  constructor(private readonly text: string) {
    // Some editors begin a file with a byte order mark.
    if (text.startsWith('\uFEFF')) this.at = 1
    this.ahead = this.read()
  }

  get next(): Token {
    return this.ahead
  }

  take(): Token {
    const token = this.ahead
    this.ahead = this.read()
    return token
  }

  /** Whether the next token is this keyword or symbol. */
  is(text: string): boolean {
    return this.ahead.text === text && this.ahead.kind !== 'string'
  }

  accept(text: string): boolean {
    if (!this.is(text)) return false
    this.take()
    return true
  }

  expect(text: string): void {
    if (!this.accept(text)) throw this.unexpected(`"${text}"`)
  }

  identifier(wanted: string): string {
    if (this.ahead.kind !== 'identifier') throw this.unexpected(wanted)
    return this.take().text
  }

  /** `a.b.C`, or `.a.b.C` where a name may begin at the root. */
  dottedName(wanted: string, mayBeAbsolute = false): string {
    let name = mayBeAbsolute && this.accept('.') ? '.' : ''
    name += this.identifier(wanted)
    while (this.accept('.')) name += `.${this.identifier(wanted)}`
    return name
  }

  unexpected(wanted: string): SchemaError {
    const { kind, text, at } = this.ahead
    const found = kind === 'end' ? 'the end' : JSON.stringify(text.slice(0, 40))
    return this.error(`expected ${wanted}, found ${found}`, at)
  }

  error(message: string, at = this.ahead.at): SchemaError {
    const lineStart = at === 0 ? -1 : this.text.lastIndexOf('\n', at - 1)
    let line = 1
    for (let place = 0; place <= lineStart; place += 1) if (this.text.charCodeAt(place) === LINE_FEED) line += 1
    return new SchemaError(`line ${line}, column ${at - lineStart}: ${message}`)
  }

  private read(): Token {
    this.skipBlanks()
    const at = this.at
    this.count += 1
    if (this.count > MOST_TOKENS)
      throw new SchemaTooLargeError(`the schema has more than ${MOST_TOKENS} words and symbols`)
    if (at >= this.text.length) return { kind: 'end', text: '', at }
    const first = this.text[at]!
    if (SYMBOLS.includes(first) && first !== '.') return this.symbol(first, at)
    const identifier = this.match(IDENTIFIER)
    if (identifier !== undefined) return { kind: 'identifier', text: identifier, at }
    const number = this.match(NUMBER)
    if (number !== undefined) {
      if (!IS_NUMBER.test(number)) throw this.error(`${JSON.stringify(number.slice(0, 40))} is no number`, at)
      return { kind: 'number', text: number, at }
    }
    if (first === '"' || first === "'") {
      const string = this.match(STRING)
      if (string === undefined) throw this.error('this string does not end in its line', at)
      return { kind: 'string', text: string, at }
    }
    if (!SYMBOLS.includes(first)) throw this.error(`${JSON.stringify(first)} has no meaning here`, at)
    return this.symbol(first, at)
  }

  private symbol(text: string, at: number): Token {
    this.at += 1
    return { kind: 'symbol', text, at }
  }

  private skipBlanks(): void {
    const code = this.text.charCodeAt(this.at)
    if (code > SPACE && code !== SLASH) return
    while (this.match(BLANKS) !== undefined || this.match(LINE_COMMENT) !== undefined || this.skipComment()) {
      // Each of them moves on.
    }
  }

  private skipComment(): boolean {
    if (!this.text.startsWith('/*', this.at)) return false
    const end = this.text.indexOf('*/', this.at + 2)
    if (end < 0) throw this.error('this comment does not end', this.at)
    this.at = end + 2
    return true
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at
    if (!pattern.test(this.text)) return undefined
    const text = this.text.slice(this.at, pattern.lastIndex)
    this.at = pattern.lastIndex
    return text
  }
}
