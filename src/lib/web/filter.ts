import type { RecordFilter } from '../browse/record-filter.ts'
import { UserError } from '../errors.ts'
import type { RecordReader } from '../protocol/records/index.ts'
import { linearMatcher } from '../regex/matcher.ts'
import { findJson, readString } from './json-path.ts'

/**
 * What is typed into the filter of the page. `text` is looked for in keys and values as it is; `/expression/` is a
 * regular expression that takes time in proportion to the text; `PATH OP LITERAL` compares: `value.status = 500`,
 * `key ~ ^a`, `header.trace = x`. A path that begins with none of key, value and header is one in the value.
 * `texts` has keys and values as the page shows them, where they are not their bytes. Throws UserError.
 */
export function parseFilter(text: string, texts?: RecordTexts): RecordFilter | undefined {
  const wanted = text.trim()
  if (wanted === '') return undefined
  const expression = /^\/(.+)\/$/s.exec(wanted)
  const places = placesOf(texts)
  if (expression) return byText(regex(expression[1]!), places)
  const [, path, operator, literal] = /^([\w.$-]+)\s*(=|!=|<=|>=|<|>|~)\s*(\S.*)$/s.exec(wanted) ?? []
  if (path !== undefined) return comparison(path, operator as Operator, literal!, places)
  return texts ? byText((shown) => shown.includes(wanted), places) : byBytes(wanted)
}

type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | '~'
type TextTest = (text: string) => boolean

function regex(source: string): TextTest {
  try {
    return linearMatcher(source)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new UserError(`the filter is not a regular expression: ${error.message}`)
  }
}

const keyOf = ({ body, keyStart, keyLength }: RecordReader): string | undefined =>
  keyLength < 0 ? undefined : body.toString('utf8', keyStart, keyStart + keyLength)

const valueOf = ({ body, valueStart, valueLength }: RecordReader): string | undefined =>
  valueLength < 0 ? undefined : body.toString('utf8', valueStart, valueStart + valueLength)

/** Keys and values that something else than their bytes shows; undefined for those that are shown as they are. */
export type RecordTexts = Readonly<Record<'key' | 'value', Place>>

const placesOf = (texts: RecordTexts | undefined): RecordTexts =>
  texts
    ? { key: (record) => texts.key(record) ?? keyOf(record), value: (record) => texts.value(record) ?? valueOf(record) }
    : { key: keyOf, value: valueOf }

const byText =
  (fits: TextTest, { key, value }: RecordTexts): RecordFilter =>
  (record) =>
    [value, key].some((place) => {
      const text = place(record)
      return text !== undefined && fits(text)
    })

/** Nothing is decoded: UTF-8 is found in UTF-8. */
function byBytes(text: string): RecordFilter {
  const wanted = Buffer.from(text)
  const holds = (body: Buffer, start: number, length: number): boolean =>
    length >= wanted.length && body.subarray(start, start + length).includes(wanted)
  return ({ body, keyStart, keyLength, valueStart, valueLength }) =>
    holds(body, valueStart, valueLength) || holds(body, keyStart, keyLength)
}

/** What a path leads to in a record: text, or the text of a value in JSON. */
type Place = (record: RecordReader) => string | undefined

function comparison(path: string, operator: Operator, literal: string, places: RecordTexts): RecordFilter {
  const place = placeOf(path, places)
  const fits = operator === '~' ? regex(unquoted(literal)) : compare(operator, unquoted(literal))
  return (record) => {
    const found = place(record)
    return found !== undefined && fits(found)
  }
}

function placeOf(path: string, { key, value }: RecordTexts): Place {
  const [first = '', ...rest] = path.split('.')
  if (first === 'header') return (record) => headerOf(record, rest.join('.'))
  if (first === 'key') return inJson(key, rest)
  return inJson(value, first === 'value' ? rest : [first, ...rest])
}

function inJson(textOf: Place, path: readonly string[]): Place {
  if (path.length === 0) return textOf
  return (record) => {
    const text = textOf(record)
    const found = text === undefined ? undefined : findJson(text, path)
    return found === undefined ? undefined : (readString(found) ?? found)
  }
}

const headerOf = (record: RecordReader, name: string): string | undefined =>
  record.headerCount === 0
    ? undefined
    : record
        .headers()
        .find(({ key }) => key === name)
        ?.value?.toString('utf8')

const unquoted = (literal: string): string => readString(literal) ?? literal.trim()

/** Numbers are compared as numbers, whole ones exactly; everything else as text. */
function compare(operator: Exclude<Operator, '~'>, literal: string): TextTest {
  const orderOf = comparator(literal)
  switch (operator) {
    case '=':
      return (text) => orderOf(text) === 0
    case '!=':
      return (text) => orderOf(text) !== 0
    case '<':
      return (text) => orderOf(text) < 0
    case '<=':
      return (text) => orderOf(text) <= 0
    case '>':
      return (text) => orderOf(text) > 0
    case '>=':
      return (text) => orderOf(text) >= 0
  }
}

const WHOLE = /^-?\d+$/
const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** Below 0 where a text comes before the literal; NaN for a text that is no number where the literal is one. */
function comparator(literal: string): (text: string) => number {
  if (!NUMBER.test(literal)) return (text) => (text < literal ? -1 : text > literal ? 1 : 0)
  const [exact, wanted] = [WHOLE.test(literal) ? BigInt(literal) : undefined, Number(literal)]
  return (text) => {
    if (!NUMBER.test(text)) return NaN
    if (exact === undefined || !WHOLE.test(text)) return Number(text) - wanted
    const difference = BigInt(text) - exact
    return difference < 0n ? -1 : difference > 0n ? 1 : 0
  }
}
