import { SchemaError } from '../../format.ts'

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
const SYMBOLS = '{}[]()<>=;:,.-+/'

/** The tokens of a `.proto` file, one ahead. */
export class Tokens {
  private at = 0
  private ahead: Token

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
    const before = this.text.slice(0, at)
    const line = before.split('\n').length
    return new SchemaError(`line ${line}, column ${at - before.lastIndexOf('\n')}: ${message}`)
  }

  private read(): Token {
    this.skipBlanks()
    const at = this.at
    if (at >= this.text.length) return { kind: 'end', text: '', at }
    const first = this.text[at]!
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
    this.at += 1
    return { kind: 'symbol', text: first, at }
  }

  private skipBlanks(): void {
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
