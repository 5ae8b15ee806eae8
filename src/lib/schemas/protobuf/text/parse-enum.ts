import type { ConstantElement, EnumElement, OptionElement, Range, ReservedElement } from '../elements.ts'
import { parseOptionList, parseOptionStatement, parseString } from './parse-options.ts'
import type { Tokens } from './tokens.ts'

/** After `enum`. */
export function parseEnum(tokens: Tokens): EnumElement {
  const name = tokens.identifier('the name of the enum')
  const options: OptionElement[] = []
  const reserved: ReservedElement[] = []
  const constants: ConstantElement[] = []
  tokens.expect('{')
  while (!tokens.accept('}')) {
    if (tokens.accept(';')) continue
    const word = tokens.identifier('a constant')
    // A constant may be named like a keyword.
    if (tokens.is('=')) constants.push(parseConstant(tokens, word))
    else if (word === 'option') options.push(parseOptionStatement(tokens))
    else if (word === 'reserved') reserved.push(parseReserved(tokens))
    else throw tokens.unexpected('"="')
  }
  return { kind: 'enum', name, options, reserved, constants }
}

function parseConstant(tokens: Tokens, name: string): ConstantElement {
  tokens.expect('=')
  const number = parseInteger(tokens)
  const options = parseOptionList(tokens)
  tokens.expect(';')
  return { name, number, options }
}

/** After `reserved`: numbers, or names as strings or, in editions, as they are. */
export function parseReserved(tokens: Tokens): ReservedElement {
  const ranges: Range[] = []
  const names: string[] = []
  do {
    if (tokens.next.kind === 'string') names.push(parseString(tokens).toString())
    else if (tokens.next.kind === 'identifier') names.push(tokens.take().text)
    else ranges.push(parseRange(tokens))
  } while (tokens.accept(','))
  tokens.expect(';')
  return { ranges, names }
}

/** `1`, `2 to 5` or `6 to max`. */
export function parseRange(tokens: Tokens): Range {
  const start = parseInteger(tokens)
  if (!tokens.accept('to')) return { start, end: start }
  return { start, end: tokens.accept('max') ? Infinity : parseInteger(tokens) }
}

/** Of 32 bits with a sign. */
export function parseInteger(tokens: Tokens): number {
  const { at } = tokens.next
  const sign = tokens.accept('-') ? -1 : 1
  const { kind, text } = tokens.next
  if (kind !== 'number' || !/^(?:0[xX][\da-fA-F]+|\d+)$/.test(text)) throw tokens.unexpected('an integer')
  tokens.take()
  const isOctal = /^0\d/.test(text)
  const number = sign * (isOctal ? Number.parseInt(text, 8) : Number(text))
  if ((number | 0) !== number) throw tokens.error('this number does not fit in 32 bits', at)
  // No negative zero.
  return number + 0
}
