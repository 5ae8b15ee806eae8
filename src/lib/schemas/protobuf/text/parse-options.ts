import type { AggregateField, OptionElement, OptionPart, OptionValue } from '../elements.ts'
import { unescapeBytes } from './strings.ts'
import type { Tokens } from './tokens.ts'

/** As deep as messages may nest. */
const DEEPEST_VALUE = 32

/** After `option`, with its semicolon. */
export function parseOptionStatement(tokens: Tokens): OptionElement {
  const option = parseOption(tokens)
  tokens.expect(';')
  return option
}

/** `[a = 1, b = 2]`, or nothing. */
export function parseOptionList(tokens: Tokens): OptionElement[] {
  const options: OptionElement[] = []
  if (!tokens.accept('[')) return options
  do options.push(parseOption(tokens))
  while (tokens.accept(','))
  tokens.expect(']')
  return options
}

function parseOption(tokens: Tokens): OptionElement {
  const name: OptionPart[] = []
  do name.push(parseOptionPart(tokens))
  while (tokens.accept('.'))
  tokens.expect('=')
  return { name, value: parseValue(tokens, 0) }
}

function parseOptionPart(tokens: Tokens): OptionPart {
  if (!tokens.accept('(')) return { name: tokens.identifier('the name of an option'), isExtension: false }
  const name = tokens.dottedName('the name of an extension', true)
  tokens.expect(')')
  return { name, isExtension: true }
}

/** A value of an option that stands alone. */
export const parseValueText = (tokens: Tokens): OptionValue => parseValue(tokens, 0)

function parseValue(tokens: Tokens, depth: number): OptionValue {
  if (depth > DEEPEST_VALUE) throw tokens.error(`options nest deeper than ${DEEPEST_VALUE} levels`)
  const { kind } = tokens.next
  if (kind === 'string') return { kind: 'string', bytes: parseString(tokens) }
  if (kind === 'identifier') return { kind: 'identifier', text: tokens.take().text }
  if (kind === 'number') return { kind: 'number', text: tokens.take().text }
  if (tokens.is('+') || tokens.is('-')) return parseSigned(tokens)
  if (tokens.is('{') || tokens.is('<')) return parseAggregate(tokens, depth)
  if (tokens.is('[')) return parseList(tokens, depth)
  throw tokens.unexpected('the value of an option')
}

/** Literals side by side are one. */
export function parseString(tokens: Tokens): Buffer {
  const parts: Buffer[] = []
  if (tokens.next.kind !== 'string') throw tokens.unexpected('a string')
  while (tokens.next.kind === 'string') {
    const bytes = unescapeBytes(tokens.next.text.slice(1, -1))
    if (bytes === undefined) throw tokens.error('this string escapes a character beyond U+10FFFF')
    parts.push(bytes)
    tokens.take()
  }
  return Buffer.concat(parts)
}

function parseSigned(tokens: Tokens): OptionValue {
  const sign = tokens.take().text === '-' ? '-' : ''
  const { kind, text } = tokens.next
  if (kind !== 'number' && text !== 'inf' && text !== 'nan' && text !== 'infinity') throw tokens.unexpected('a number')
  return { kind: 'number', text: sign + tokens.take().text }
}

function parseList(tokens: Tokens, depth: number): OptionValue {
  const values: OptionValue[] = []
  tokens.expect('[')
  while (!tokens.accept(']')) {
    values.push(parseValue(tokens, depth + 1))
    if (!tokens.is(']')) tokens.expect(',')
  }
  return { kind: 'list', values }
}

/** The text format: `{ a: 1, b { c: "d" } [e.f]: 2 }`, with angle brackets as well. */
function parseAggregate(tokens: Tokens, depth: number): OptionValue {
  const fields: AggregateField[] = []
  const closing = tokens.take().text === '{' ? '}' : '>'
  while (!tokens.accept(closing)) {
    const name = parseAggregateName(tokens)
    const hasColon = tokens.accept(':')
    if (!hasColon && !tokens.is('{') && !tokens.is('<')) throw tokens.unexpected('":"')
    fields.push({ name, value: parseValue(tokens, depth + 1) })
    if (!tokens.accept(',')) tokens.accept(';')
  }
  return { kind: 'message', fields }
}

function parseAggregateName(tokens: Tokens): string {
  if (!tokens.accept('[')) return tokens.identifier('the name of a field')
  let name = tokens.dottedName('the name of an extension')
  // `type.googleapis.com/a.B` names the type of an Any.
  if (tokens.accept('/')) name += `/${tokens.dottedName('the name of a type')}`
  tokens.expect(']')
  return `[${name}]`
}
