import type { Scanner } from './scanner.ts'
import { Re2SyntaxError, type CharTest } from './syntax.ts'

const CONTROL: Record<string, number> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 }
const PERL: Record<string, RegExp> = {
  d: /[0-9]/,
  D: /[^0-9]/,
  s: /[\t\n\f\r ]/,
  S: /[^\t\n\f\r ]/,
  w: /[0-9A-Za-z_]/,
  W: /[^0-9A-Za-z_]/,
}

/** Reads what follows a backslash: one character by its code, or a class of them. */
export function readEscape(scanner: Scanner): number | CharTest {
  if (scanner.atEnd) throw new Re2SyntaxError('trailing backslash at end of expression')
  const char = scanner.next()
  if (char in CONTROL) return CONTROL[char]!
  if (char in PERL) return (code) => PERL[char]!.test(String.fromCharCode(code))
  if (char === 'p' || char === 'P') return readUnicodeClass(scanner, char === 'P')
  if (char === 'x') return readHex(scanner)
  if (/[0-7]/.test(char)) return readOctal(scanner, char)
  if (/[0-9A-Za-z]/.test(char)) throw new Re2SyntaxError('invalid escape sequence')
  return char.charCodeAt(0)
}

/** A digit but 0 that stands alone would be a backreference, which RE2 does not have. */
function readOctal(scanner: Scanner, first: string): number {
  const digits = first + (scanner.match(first === '0' ? /[0-7]{0,2}/y : /[0-7]{1,2}/y) ?? '')
  if (digits.length === 1 && first !== '0') throw new Re2SyntaxError('invalid escape sequence')
  return Number.parseInt(digits, 8)
}

function readHex(scanner: Scanner): number {
  const digits = scanner.match(/\{[0-9A-Fa-f]+\}|[0-9A-Fa-f]{2}/y)?.replace(/[{}]/g, '')
  const code = digits === undefined ? Number.NaN : Number.parseInt(digits, 16)
  if (Number.isNaN(code) || code > 0x10_ffff) throw new Re2SyntaxError('invalid escape sequence')
  return code
}

function readUnicodeClass(scanner: Scanner, isNegatedByCase: boolean): CharTest {
  const name = (scanner.match(/\{\^?[A-Za-z_]+\}|[A-Za-z]/y) ?? '').replace(/[{}]/g, '')
  const isNegated = isNegatedByCase !== name.startsWith('^')
  const pattern = unicodePattern(name.replace('^', ''))
  if (!pattern) throw new Re2SyntaxError('invalid character class range')
  return (code) => pattern.test(String.fromCharCode(code)) !== isNegated
}

/** RE2 knows general categories by their short names, and scripts. */
function unicodePattern(name: string): RegExp | null {
  if (name === 'Any') return /[^]/u
  const property = name.length <= 2 ? `General_Category=${name}` : `Script=${name}`
  try {
    return new RegExp(`\\p{${property}}`, 'u')
  } catch {
    return null
  }
}
