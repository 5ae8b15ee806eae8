import type { PatternSource } from './pattern-source.ts'

/** A set of characters, by code. */
export type CharacterSet = (code: number) => boolean

/**
 * Reads what stands behind `[` in a java.util.regex.Pattern up to its `]`: ranges, escapes, nested classes (a union)
 * and `&&` (an intersection), neither of which JavaScript has.
 */
export function readClass(source: PatternSource): CharacterSet {
  const isNegated = source.take('^')
  let set = readUnion(source)
  while (source.take('&&')) {
    const [left, right] = [set, readUnion(source)]
    set = (code) => left(code) && right(code)
  }
  source.expect(']')
  const positive = set
  return isNegated ? (code) => !positive(code) : positive
}

/**
 * The class as JavaScript writes it. Only ASCII is listed: what it is matched with, names of topics, is nothing else.
 */
export function writeClass(set: CharacterSet, ignoreCase: boolean): string {
  const folded: CharacterSet = ignoreCase ? (code) => set(code) || set(otherCase(code)) : set
  const codes = Array.from({ length: 128 }, (_, code) => code).filter(folded)
  return `[${codes.map((code) => `\\x${code.toString(16).padStart(2, '0')}`).join('')}]`
}

export function otherCase(code: number): number {
  const character = String.fromCharCode(code)
  return (character === character.toLowerCase() ? character.toUpperCase() : character.toLowerCase()).charCodeAt(0)
}

function readUnion(source: PatternSource): CharacterSet {
  const parts: CharacterSet[] = []
  while (!(source.peek(']') && parts.length > 0) && !source.peek('&&')) {
    if (source.take('[')) parts.push(readClass(source))
    else if (source.take('\\Q'))
      parts.push(...[...source.until('\\E')].map((character) => only(character.charCodeAt(0))))
    else parts.push(readRange(source))
  }
  return (code) => parts.some((part) => part(code))
}

function readRange(source: PatternSource): CharacterSet {
  const low = readMember(source)
  if (typeof low !== 'number') return low
  const isRange = source.peek('-') && !source.peek('-]') && !source.peek('-[') && !source.peek('-&&')
  if (!isRange) return only(low)
  source.expect('-')
  const high = readMember(source)
  if (typeof high !== 'number' || high < low) throw source.error('a character range is the wrong way round')
  return (code) => code >= low && code <= high
}

/** One character, or the set that an escape such as \d stands for. */
function readMember(source: PatternSource): number | CharacterSet {
  if (!source.take('\\')) return source.next().charCodeAt(0)
  return readSetEscape(source) ?? readCharacterEscape(source)
}

const only =
  (wanted: number): CharacterSet =>
  (code) =>
    code === wanted

/** Functions: a regular expression costs when it comes into being, and most commands need none of these. */
type SetsByName = Readonly<Record<string, () => RegExp>>

const SETS: SetsByName = {
  d: () => /\d/,
  D: () => /\D/,
  s: () => /\s/,
  S: () => /\S/,
  w: () => /\w/,
  W: () => /\W/,
  h: () => /[ \t\xa0]/,
  H: () => /[^ \t\xa0]/,
  v: () => /[\n\v\f\r\x85]/,
  V: () => /[^\n\v\f\r\x85]/,
}

/** \d, \w, \p{Alnum} and their kin, behind the backslash; undefined for an escape of another kind. */
export function readSetEscape(source: PatternSource): CharacterSet | undefined {
  const letter = source.ahead()
  if (letter === 'p' || letter === 'P') return readProperty(source)
  const set = SETS[letter]
  if (!set) return undefined
  source.next()
  return matching(set())
}

const SINGLE: Readonly<Record<string, number>> = { t: 9, n: 10, r: 13, f: 12, a: 7, e: 27 }

/** The code of one escaped character, behind the backslash. */
export function readCharacterEscape(source: PatternSource): number {
  const letter = source.next()
  if (letter in SINGLE) return SINGLE[letter]!
  if (letter === 'x') return readNumber(source, /\{([0-9A-Fa-f]+)\}|[0-9A-Fa-f]{2}/y, 16)
  if (letter === 'u') return readNumber(source, /[0-9A-Fa-f]{4}/y, 16)
  if (letter === '0') return readNumber(source, /[0-3]?[0-7]{1,2}/y, 8)
  if (letter === 'c') return source.next().charCodeAt(0) ^ 64
  if (/[A-Za-z0-9]/.test(letter)) throw source.error(`\\${letter} has no meaning here`)
  return letter.charCodeAt(0)
}

function readNumber(source: PatternSource, digits: RegExp, radix: 8 | 16): number {
  return Number.parseInt(source.match(digits) ?? source.fail('an escape lacks the digits of its character'), radix)
}

const PROPERTIES: SetsByName = {
  lower: () => /[a-z]/,
  upper: () => /[A-Z]/,
  ascii: () => /[\0-\x7f]/,
  alpha: () => /[A-Za-z]/,
  digit: () => /\d/,
  alnum: () => /[A-Za-z0-9]/,
  punct: () => /[!-/:-@[-`{-~]/,
  graph: () => /[!-~]/,
  print: () => /[ -~]/,
  blank: () => /[ \t]/,
  cntrl: () => /[\0-\x1f\x7f]/,
  xdigit: () => /[0-9A-Fa-f]/,
  space: () => /[ \t-\r]/,
  l: () => /[A-Za-z]/,
  lu: () => /[A-Z]/,
  ll: () => /[a-z]/,
  n: () => /\d/,
  nd: () => /\d/,
  p: () => /[!-#%-*,-/:;?@[-\]_{}]/,
  pd: () => /-/,
  pc: () => /_/,
  s: () => /[$+<=>^`|~]/,
  z: () => / /,
  zs: () => / /,
}

/** The longer names of the same things (Unicode's binary properties, methods of java.lang.Character). */
const ALIASES: Readonly<Record<string, string>> = {
  alphabetic: 'l',
  letter: 'l',
  lowercase: 'lower',
  uppercase: 'upper',
  latin: 'l',
  punctuation: 'p',
  white_space: 'space',
  whitespace: 'space',
  hex_digit: 'xdigit',
  letterordigit: 'alnum',
  basic_latin: 'ascii',
  basiclatin: 'ascii',
}

function readProperty(source: PatternSource): CharacterSet {
  const isNegated = source.next() === 'P'
  const name = source.match(/\{\^?([A-Za-z_]+)\}/y) ?? source.next()
  const plain = name.replace(/^(java|Is|In)(?=[A-Za-z])/, '').toLowerCase()
  const property =
    PROPERTIES[ALIASES[plain] ?? plain] ?? source.fail(`the character property ${name} is not known here`)
  const set = matching(property())
  return isNegated ? (code) => !set(code) : set
}

const matching =
  (set: RegExp): CharacterSet =>
  (code) =>
    set.test(String.fromCharCode(code))
