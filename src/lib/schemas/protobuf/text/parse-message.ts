import type {
  ExtendElement,
  ExtensionsElement,
  FieldElement,
  MemberElement,
  MessageElement,
  OneofElement,
  OptionElement,
  Range,
  ReservedElement,
  TypeElement,
} from '../elements.ts'
import { parseEnum, parseInteger, parseRange, parseReserved } from './parse-enum.ts'
import { parseOptionList, parseOptionStatement } from './parse-options.ts'
import type { Tokens } from './tokens.ts'

/** As protoc has it. */
const DEEPEST_MESSAGE = 32

const LABELS = ['required', 'optional', 'repeated'] as const

const VISIBILITIES = ['export', 'local'] as const

/** A message or an enum; undefined where something else stands. */
export function acceptType(tokens: Tokens, depth: number): TypeElement | undefined {
  const visibility = tokens.hasVisibility ? VISIBILITIES.find((word) => tokens.accept(word)) : undefined
  if (tokens.accept('message')) return { ...parseMessage(tokens, depth), visibility }
  if (tokens.accept('enum')) return { ...parseEnum(tokens), visibility }
  if (visibility !== undefined) throw tokens.unexpected('"message" or "enum"')
  return undefined
}

/** After `message`. */
function parseMessage(tokens: Tokens, depth: number): MessageElement {
  return parseBody(tokens, tokens.identifier('the name of the message'), depth)
}

/** The braces of a message or a group and what is in them. */
function parseBody(tokens: Tokens, name: string, depth: number): MessageElement {
  if (depth >= DEEPEST_MESSAGE) throw tokens.error(`messages nest deeper than ${DEEPEST_MESSAGE} levels`)
  const options: OptionElement[] = []
  const reserved: ReservedElement[] = []
  const members: MemberElement[] = []
  const extensions: ExtensionsElement[] = []
  const extendElements: ExtendElement[] = []
  const types: TypeElement[] = []
  tokens.expect('{')
  while (!tokens.accept('}')) {
    if (tokens.accept(';')) continue
    const type = acceptType(tokens, depth + 1)
    if (type !== undefined) types.push(type)
    else if (tokens.accept('oneof')) members.push(parseOneof(tokens, depth))
    else if (tokens.accept('option')) options.push(parseOptionStatement(tokens))
    else if (tokens.accept('reserved')) reserved.push(parseReserved(tokens))
    else if (tokens.accept('extensions')) extensions.push(parseExtensions(tokens))
    else if (tokens.accept('extend')) extendElements.push(parseExtend(tokens, depth))
    else members.push(parseField(tokens, depth))
  }
  return { kind: 'message', name, options, reserved, members, extensions, extends: extendElements, types }
}

/** After `extend`. */
export function parseExtend(tokens: Tokens, depth: number): ExtendElement {
  const name = tokens.dottedName('the name of a message', true)
  const fields: FieldElement[] = []
  tokens.expect('{')
  while (!tokens.accept('}')) if (!tokens.accept(';')) fields.push(parseField(tokens, depth))
  return { name, fields }
}

function parseOneof(tokens: Tokens, depth: number): OneofElement {
  const name = tokens.identifier('the name of the oneof')
  const options: OptionElement[] = []
  const fields: FieldElement[] = []
  tokens.expect('{')
  while (!tokens.accept('}')) {
    if (tokens.accept(';')) continue
    if (tokens.accept('option')) options.push(parseOptionStatement(tokens))
    else fields.push(parseField(tokens, depth))
  }
  return { kind: 'oneof', name, options, fields }
}

function parseExtensions(tokens: Tokens): ExtensionsElement {
  const ranges: Range[] = []
  do ranges.push(parseRange(tokens))
  while (tokens.accept(','))
  const options = parseOptionList(tokens)
  tokens.expect(';')
  return { ranges, options }
}

function parseField(tokens: Tokens, depth: number): FieldElement {
  const label = LABELS.find((word) => tokens.accept(word))
  if (tokens.accept('group')) return parseGroup(tokens, label, depth)
  const type = tokens.dottedName('a field', true)
  const map = type === 'map' && tokens.is('<') ? parseMap(tokens) : undefined
  const name = tokens.identifier('the name of the field')
  tokens.expect('=')
  const number = parseInteger(tokens)
  const options = parseOptionList(tokens)
  tokens.expect(';')
  return { kind: 'field', label, type, map, name, number, options }
}

function parseMap(tokens: Tokens): FieldElement['map'] {
  tokens.expect('<')
  const key = tokens.identifier('the type of the keys')
  tokens.expect(',')
  const value = tokens.dottedName('the type of the values', true)
  tokens.expect('>')
  return { key, value }
}

function parseGroup(tokens: Tokens, label: FieldElement['label'], depth: number): FieldElement {
  const type = tokens.identifier('the name of the group')
  if (!/^[A-Z]/.test(type)) throw tokens.error('the name of a group begins with a capital letter')
  tokens.expect('=')
  const number = parseInteger(tokens)
  const options = parseOptionList(tokens)
  const group = parseBody(tokens, type, depth + 1)
  return { kind: 'field', label, type, name: type.toLowerCase(), number, options, group }
}
