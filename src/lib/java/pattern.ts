import { otherCase, readCharacterEscape, readClass, readSetEscape, writeClass } from './character-class.ts'
import { PatternSource } from './pattern-source.ts'
import { compileMatcher } from '../regex/matcher.ts'

/**
 * A test for a regular expression in the syntax of java.util.regex.Pattern, as Kafka's tools take it, for matching
 * whole ASCII names. What JavaScript lacks is put in other words: possessive quantifiers, atomic groups, inline flags,
 * \Q…\E, POSIX classes, unions and intersections of classes. Throws UserError for what Java refuses, and for the few
 * things that have no counterpart; its test as compileMatcher's.
 */
export function javaRegex(pattern: string): NameTest {
  return { test: compileMatcher(translate(pattern), { whole: true, shown: pattern }) }
}

export interface NameTest {
  test(name: string): boolean
}

/** The same for finding every match in a text; see withPattern. */
export function javaRegexWithin(pattern: string): RegExp {
  return new RegExp(translate(pattern), 'g')
}

const translate = (pattern: string): string => new Translator(new PatternSource(pattern)).translate()

interface Flags {
  ignoreCase: boolean
  comments: boolean
}

/** Names and topics hold no line ends and nothing beyond ASCII: these flags change nothing for them. */
const IDLE_FLAGS = 'smduU'

class Translator {
  /** The JavaScript name of each of Java's numbered groups. */
  private readonly groups: string[] = []
  private atomicCount = 0

  constructor(private readonly source: PatternSource) {}

  translate(): string {
    const body = this.alternatives({ ignoreCase: false, comments: false })
    if (!this.source.isDone) throw this.source.error('a ")" too many')
    return body
  }

  private alternatives(outer: Flags): string {
    // A flag that is set inside a group holds until the group ends, beyond "|" too.
    const flags = { ...outer }
    const branches = [this.sequence(flags)]
    while (this.source.take('|')) branches.push(this.sequence(flags))
    return branches.join('|')
  }

  private sequence(flags: Flags): string {
    let sequence = ''
    while (!this.source.isDone && !this.source.peek('|') && !this.source.peek(')')) {
      if (flags.comments && this.source.match(/\s+|#[^\n]*/y) !== undefined) continue
      if (this.source.take('\\Q')) sequence += this.quoted(flags)
      else if (this.takesFlags(flags)) continue
      else sequence += this.quantified(this.atom(flags))
    }
    return sequence
  }

  /** \Q…\E; a quantifier behind it belongs to its last character. */
  private quoted(flags: Flags): string {
    const characters = [...this.source.until('\\E')].map((character) => literal(character.charCodeAt(0), flags))
    const last = characters.pop()
    return last === undefined ? '' : characters.join('') + this.quantified(last)
  }

  /** `(?i)`: sets the flags for what follows. */
  private takesFlags(flags: Flags): boolean {
    const letters = this.source.match(/\(\?([a-zA-Z]*(?:-[a-zA-Z]+)?)\)/y)
    if (letters === undefined) return false
    this.setFlags(letters, flags)
    return true
  }

  private setFlags(letters: string, flags: Flags): void {
    const [on = '', off = ''] = letters.split('-')
    const unknown = [...on, ...off].find((letter) => !`ix${IDLE_FLAGS}`.includes(letter))
    if (unknown !== undefined) throw this.source.error(`there is no flag "${unknown}"`)
    flags.ignoreCase = (flags.ignoreCase || on.includes('i')) && !off.includes('i')
    flags.comments = (flags.comments || on.includes('x')) && !off.includes('x')
  }

  private atom(flags: Flags): string {
    if (this.source.take('(')) return this.group(flags)
    if (this.source.take('[')) return writeClass(readClass(this.source), flags.ignoreCase)
    if (this.source.take('\\')) return this.escape(flags)
    const character = this.source.next()
    if ('*+?{'.includes(character)) throw this.source.error(`"${character}" has nothing to repeat`)
    return '.^$'.includes(character) ? character : literal(character.charCodeAt(0), flags)
  }

  private group(flags: Flags): string {
    const plain = this.source.match(/\?(?:[:=!]|<[=!])/y)
    if (plain !== undefined) return this.closed(`(${plain}`, flags)
    if (this.source.take('?>')) return this.atomic(this.closed('(?:', flags))
    const name = this.source.match(/\?<([a-zA-Z][a-zA-Z0-9]*)>/y)
    if (name !== undefined) return this.capturing(`n${name}`, flags)
    const letters = this.source.match(/\?([a-zA-Z]*(?:-[a-zA-Z]+)?):/y)
    if (letters === undefined) {
      if (this.source.peek('?')) throw this.source.error('an unknown kind of group')
      return this.capturing(`g${this.groups.length + 1}`, flags)
    }
    const inner = { ...flags }
    this.setFlags(letters, inner)
    return this.closed('(?:', inner)
  }

  private capturing(name: string, flags: Flags): string {
    if (this.groups.includes(name)) throw this.source.error(`the group ${name.slice(1)} is named twice`)
    this.groups.push(name)
    return this.closed(`(?<${name}>`, flags)
  }

  private closed(open: string, flags: Flags): string {
    const body = this.alternatives(flags)
    this.source.expect(')')
    return `${open}${body})`
  }

  /** What a look-ahead has captured is never given back: that makes an atomic group. */
  private atomic(body: string): string {
    const name = `a${this.atomicCount++}`
    return `(?:(?=(?<${name}>${body}))\\k<${name}>)`
  }

  private quantified(atom: string): string {
    const quantifier = this.source.match(/[*+?]|\{\d+(?:,\d*)?\}/y)
    if (quantifier === undefined) return this.source.peek('{') ? this.source.fail('"{" is followed by no count') : atom
    if (this.source.take('+')) return this.atomic(`${atom}${quantifier}`)
    return `${atom}${quantifier}${this.source.take('?') ? '?' : ''}`
  }

  private escape(flags: Flags): string {
    const letter = this.source.ahead()
    if (/[1-9]/.test(letter)) return this.numberedReference()
    if ('bB'.includes(letter) && letter !== '') return `\\${this.source.next()}`
    if (this.source.take('A')) return '^'
    if (this.source.take('z') || this.source.take('Z')) return '$'
    if (this.source.take('R')) return '(?:\\r\\n|[\\n-\\r])'
    const name = this.source.match(/k<([a-zA-Z][a-zA-Z0-9]*)>/y)
    if (name !== undefined) return this.reference(`n${name}`)
    const set = readSetEscape(this.source)
    return set ? writeClass(set, false) : literal(readCharacterEscape(this.source), flags)
  }

  /** \12 is group 12 where there is one, else group 1 and a "2". */
  private numberedReference(): string {
    let digits = this.source.next()
    const isLonger = () => /\d/.test(this.source.ahead()) && Number(digits + this.source.ahead()) <= this.groups.length
    while (isLonger()) digits += this.source.next()
    return this.reference(this.groups[Number(digits) - 1] ?? this.source.fail(`there is no group ${digits}`))
  }

  private reference(name: string): string {
    if (!this.groups.includes(name)) throw this.source.error(`there is no group ${name.slice(1)}`)
    return `\\k<${name}>`
  }
}

function literal(code: number, { ignoreCase }: Flags): string {
  if (ignoreCase && otherCase(code) !== code) return writeClass((other) => other === code, true)
  return `\\u${code.toString(16).padStart(4, '0')}`
}
