import type { Expression } from '../protocol/re2/syntax.ts'

/** A regular expression of JavaScript as a tree. */
export interface Parsed {
  readonly expression: Expression
  /**
   * Whether the tree says all: look-around and references to groups are left out of it, and then it only shows what
   * repeats.
   */
  readonly isWhole: boolean
}

/** A class, a dot or an escape that stands for one character, from `at` on. */
const ONE_CHARACTER =
  /\[(?:\\[^]|[^\]\\])*\]|\\u\{[^}]*\}|\\u[dD][89abAB]\w\w\\u[dD][c-fC-F]\w\w|\\u\w{4}|\\x\w\w|\\c\w|\\[pP]\{[^}]*\}|\\[^]|[^]/uy
const QUANTIFIER = /(?:([*+?])|\{(\d+)(,(\d*))?\})\??/y
const REFERENCE = /\\(?:k<[^>]*>|[1-9]\d*)/y
const GROUP = /\((?:\?:|\?<?[=!]|\?<[^>]*>)?/y

const ANYTHING: Expression = { type: 'repeat', item: { type: 'char', matches: () => true }, min: 0, max: Infinity }

/**
 * Reads what `new RegExp(source, 'u')` takes; what it refuses has been refused before. Undefined for syntax that is not
 * known here.
 */
export function parseJavaScript(source: string): Parsed | undefined {
  const parser = new Parser(source)
  const expression = parser.alternatives()
  return parser.isDone ? { expression, isWhole: parser.isWhole } : undefined
}

class Parser {
  isWhole = true
  private at = 0
  constructor(private readonly source: string) {}

  get isDone(): boolean {
    return this.at === this.source.length
  }

  alternatives(): Expression {
    const items = [this.sequence()]
    while (this.takes('|')) items.push(this.sequence())
    return items.length === 1 ? items[0]! : { type: 'either', items }
  }

  private sequence(): Expression {
    const items: Expression[] = []
    while (!this.isDone && !'|)'.includes(this.source[this.at]!)) items.push(this.repeated(this.atom()))
    return { type: 'sequence', items }
  }

  private repeated(item: Expression): Expression {
    const match = this.match(QUANTIFIER)
    if (!match) return item
    const [, sign, least = '0', comma, most] = match
    if (sign !== undefined) return { type: 'repeat', item, min: sign === '+' ? 1 : 0, max: sign === '?' ? 1 : Infinity }
    const min = Number(least)
    return { type: 'repeat', item, min, max: comma === undefined ? min : most === '' ? Infinity : Number(most) }
  }

  private atom(): Expression {
    if (this.takes('^')) return { type: 'assertion', place: 'start' }
    if (this.takes('$')) return { type: 'assertion', place: 'end' }
    if (this.takes('\\b')) return { type: 'assertion', place: 'word edge' }
    if (this.takes('\\B')) return { type: 'assertion', place: 'no word edge' }
    if (this.match(REFERENCE)) {
      this.isWhole = false
      return ANYTHING
    }
    const open = this.match(GROUP)?.[0]
    return open === undefined ? this.character() : this.group(open)
  }

  private group(open: string): Expression {
    const isKnown = open !== '(' || this.source[this.at] !== '?'
    if (!isKnown || /^\(\?<?[=!]$/.test(open)) this.isWhole = false
    const inside = this.alternatives()
    if (!this.takes(')')) this.isWhole = false
    return inside
  }

  private character(): Expression {
    const [text] = this.match(ONE_CHARACTER)!
    return { type: 'char', matches: testOf(text) }
  }

  private takes(text: string): boolean {
    if (!this.source.startsWith(text, this.at)) return false
    this.at += text.length
    return true
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at
    const match = pattern.exec(this.source)
    if (match) this.at = pattern.lastIndex
    return match
  }
}

/** What a character means is JavaScript's to say. */
function testOf(text: string): (code: number) => boolean {
  if (text.length === 1 && !'.[\\'.includes(text)) {
    const wanted = text.charCodeAt(0)
    return (code) => code === wanted
  }
  const regex = new RegExp(`^${text}$`, 'u')
  return (code) => regex.test(String.fromCodePoint(code))
}
