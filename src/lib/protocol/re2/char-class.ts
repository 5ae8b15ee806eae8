import { readEscape } from './escape.ts'
import type { Scanner } from './scanner.ts'
import { Re2SyntaxError, type CharTest, type Flags } from './syntax.ts'

const POSIX: Record<string, RegExp> = {
  alnum: /[0-9A-Za-z]/,
  alpha: /[A-Za-z]/,
  ascii: /[\x00-\x7f]/,
  blank: /[\t ]/,
  cntrl: /[\x00-\x1f\x7f]/,
  digit: /[0-9]/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[\t-\r ]/,
  upper: /[A-Z]/,
  word: /[0-9A-Za-z_]/,
  xdigit: /[0-9A-Fa-f]/,
}

/** Reads what follows `[`, up to and with the closing bracket. */
export function readCharClass(scanner: Scanner, flags: Flags): CharTest {
  const isNegated = scanner.accept('^')
  const tests: CharTest[] = []
  // A bracket that stands first means itself.
  for (let isFirst = true; isFirst || !scanner.accept(']'); isFirst = false) {
    if (scanner.atEnd) throw new Re2SyntaxError('missing closing ]')
    tests.push(readItem(scanner, flags))
  }
  return remembered((code) => tests.some((test) => test(code)) !== isNegated)
}

/** A class may list thousands of characters; each of ASCII is looked for once. */
function remembered(test: CharTest): CharTest {
  const known: boolean[] = []
  return (code) => (code < 128 ? (known[code] ??= test(code)) : test(code))
}

/** A test that does not mind case when the flag says so. */
export function foldCase(test: CharTest, { i }: Flags): CharTest {
  return i ? (code) => test(code) || test(otherCase(code)) : test
}

function readItem(scanner: Scanner, flags: Flags): CharTest {
  if (scanner.accept('[:')) return readPosix(scanner, flags)
  const low = readPoint(scanner)
  if (typeof low !== 'number') return foldCase(low, flags)
  if (!scanner.looksAt('-') || scanner.looksAt('-]')) return foldCase((code) => code === low, flags)
  scanner.accept('-')
  const high = readPoint(scanner)
  if (typeof high !== 'number') throw new Re2SyntaxError('invalid escape sequence')
  if (high < low) throw new Re2SyntaxError('invalid character class range')
  return foldCase((code) => code >= low && code <= high, flags)
}

function readPoint(scanner: Scanner): number | CharTest {
  if (scanner.atEnd) throw new Re2SyntaxError('missing closing ]')
  return scanner.accept('\\') ? readEscape(scanner) : scanner.next().charCodeAt(0)
}

function readPosix(scanner: Scanner, flags: Flags): CharTest {
  const name = scanner.until(':]')
  const isNegated = name?.startsWith('^') ?? false
  const pattern = POSIX[isNegated ? name!.slice(1) : (name ?? '')]
  if (!pattern) throw new Re2SyntaxError('invalid character class range')
  return foldCase((code) => pattern.test(String.fromCharCode(code)) !== isNegated, flags)
}

function otherCase(code: number): number {
  const char = String.fromCharCode(code)
  const other = char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase()
  return other.length === 1 ? other.charCodeAt(0) : code
}
