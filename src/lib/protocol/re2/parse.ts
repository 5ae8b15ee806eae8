import { foldCase, readCharClass } from './char-class.ts'
import { readEscape } from './escape.ts'
import { Scanner } from './scanner.ts'
import { Re2SyntaxError, type Expression, type Flags } from './syntax.ts'

/** Larger counts are refused, as in Google's library. */
const MAX_REPEAT = 1000
const MAX_NESTING = 1000
/**
 * Characters of an expression: hundreds of topics with long names. Google's library has a bound on the memory of its
 * program.
 */
const MAX_LENGTH = 16 * 1024
const NOTHING: Expression = { type: 'sequence', items: [] }
const NEWLINE = 10

/** Reads RE2's syntax, which Kafka's brokers take for `subscribedTopicRegex`. Throws Re2SyntaxError. */
export function parseRe2(text: string): Expression {
  if (text.length > MAX_LENGTH) throw new Re2SyntaxError('expression too large')
  return new Parser(new Scanner(text)).parse()
}

class Parser {
  private flags: Flags = { i: false, m: false, s: false }
  private nesting = 0
  private readonly names = new Set<string>()
  constructor(private readonly scanner: Scanner) {}

  parse(): Expression {
    const expression = this.either()
    if (!this.scanner.atEnd) throw new Re2SyntaxError('unexpected )')
    return expression
  }

  private either(): Expression {
    const items = [this.sequence()]
    while (this.scanner.accept('|')) items.push(this.sequence())
    return items.length === 1 ? items[0]! : { type: 'either', items }
  }

  private sequence(): Expression {
    const items: Expression[] = []
    while (!this.scanner.atEnd && !this.scanner.looksAt('|') && !this.scanner.looksAt(')')) {
      const read = this.scanner.accept('\\Q') ? this.quoted() : [this.atom()]
      const last = read.pop()
      items.push(...read)
      if (last) items.push(this.repeated(last))
    }
    return { type: 'sequence', items }
  }

  private quoted(): Expression[] {
    const literal = this.scanner.until('\\E') ?? this.scanner.rest()
    return [...literal].map((char) => this.literal(char.charCodeAt(0)))
  }

  private repeated(item: Expression): Expression {
    const counts = this.counts()
    if (!counts) return item
    this.scanner.accept('?')
    if (this.counts()) throw new Re2SyntaxError('invalid nested repetition operator')
    const [min, max] = counts
    return { type: 'repeat', item, min, max }
  }

  /** A brace that begins no count stands for itself. */
  private counts(): [min: number, max: number] | null {
    if (this.scanner.accept('*')) return [0, Infinity]
    if (this.scanner.accept('+')) return [1, Infinity]
    if (this.scanner.accept('?')) return [0, 1]
    const braces = this.scanner.match(/\{\d+(,\d*)?\}/y)
    if (!braces) return null
    const [low = '', high] = braces.slice(1, -1).split(',')
    const min = Number(low)
    const max = high === undefined ? min : high === '' ? Infinity : Number(high)
    if (min > MAX_REPEAT || (max > MAX_REPEAT && max !== Infinity) || min > max)
      throw new Re2SyntaxError('invalid repeat count')
    return [min, max]
  }

  private atom(): Expression {
    const char = this.scanner.next()
    switch (char) {
      case '(':
        return this.group()
      case '[':
        return { type: 'char', matches: readCharClass(this.scanner, this.flags) }
      case '.':
        return this.anyChar()
      case '^':
        return { type: 'assertion', place: this.flags.m ? 'line start' : 'start' }
      case '$':
        return { type: 'assertion', place: this.flags.m ? 'line end' : 'end' }
      case '\\':
        return this.escaped()
      case '*':
      case '+':
      case '?':
        throw new Re2SyntaxError('missing argument to repetition operator')
      default:
        return this.literal(char.charCodeAt(0))
    }
  }

  private anyChar(): Expression {
    return { type: 'char', matches: this.flags.s ? () => true : (code) => code !== NEWLINE }
  }

  private literal(code: number): Expression {
    return { type: 'char', matches: foldCase((other) => other === code, this.flags) }
  }

  private escaped(): Expression {
    if (this.scanner.accept('A')) return { type: 'assertion', place: 'start' }
    if (this.scanner.accept('z')) return { type: 'assertion', place: 'end' }
    if (this.scanner.accept('b')) return { type: 'assertion', place: 'word edge' }
    if (this.scanner.accept('B')) return { type: 'assertion', place: 'no word edge' }
    const point = readEscape(this.scanner)
    return typeof point === 'number' ? this.literal(point) : { type: 'char', matches: foldCase(point, this.flags) }
  }

  /** Flags set in a group hold to its end; those of a bare `(?i)` to the end of the group that it stands in. */
  private group(): Expression {
    const outer = this.flags
    if (this.scanner.accept('?') && this.isFlagsAlone()) return NOTHING
    this.nesting += 1
    if (this.nesting > MAX_NESTING) throw new Re2SyntaxError('expression nests too deeply')
    const inside = this.either()
    if (!this.scanner.accept(')')) throw new Re2SyntaxError('missing closing )')
    this.nesting -= 1
    this.flags = outer
    return inside
  }

  /** Reads what follows `(?`. True for flags that stand alone: their closing bracket has been read. */
  private isFlagsAlone(): boolean {
    if (this.scanner.match(/P?</y)) return this.name()
    const changes = this.scanner.match(/[imsU]*(-[imsU]+)?(?=[:)])/y)
    if (changes === null) throw new Re2SyntaxError('invalid or unsupported Perl syntax')
    const [on = '', off = ''] = changes.split('-')
    const flag = (name: 'i' | 'm' | 's'): boolean => (this.flags[name] || on.includes(name)) && !off.includes(name)
    this.flags = { i: flag('i'), m: flag('m'), s: flag('s') }
    return this.scanner.next() === ')'
  }

  /** Names of captures mean nothing here, but two of the same are refused. */
  private name(): false {
    const name = this.scanner.match(/\w+>/y)
    if (!name) throw new Re2SyntaxError('invalid named capture')
    if (this.names.has(name)) throw new Re2SyntaxError('duplicate capture group name')
    this.names.add(name)
    return false
  }
}
