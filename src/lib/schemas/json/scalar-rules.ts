import { linearMatcher } from '../../regex/matcher.ts'
import { difference } from './rules.ts'
import { isEqual, type Keywords } from './document.ts'
import { boundsOf, isWithin, typesOf, type Facts } from './facts.ts'

/** Types, lists of values, numbers and strings. */
export function scalarReasons(reader: Keywords, facts: Facts, path: string): string[] {
  return [
    ...typeReasons(reader, facts, path),
    ...valueReasons(reader, facts, path),
    ...(facts.hasNumbers ? numberReasons(reader, facts, path) : []),
    ...(facts.has('string') ? stringReasons(reader, facts, path) : []),
  ]
}

function typeReasons(reader: Keywords, facts: Facts, path: string): string[] {
  const taken = typesOf(reader)
  const refused = [...facts.types].filter((type) => !taken.has(type))
  if (refused.length === 0) return []
  const isNarrowed = refused.length < facts.types.size
  return [
    isNarrowed
      ? difference('TYPE_NARROWED', path, `The reader schema does not take the type ${refused.join(', ')}`)
      : difference(
          'TYPE_CHANGED',
          path,
          `The reader schema takes ${[...taken].join(', ')} where ${refused.join(', ')} is written`,
        ),
  ]
}

function valueReasons(reader: Keywords, facts: Facts, path: string): string[] {
  const lists = [reader['enum'], ...(Object.hasOwn(reader, 'const') ? [[reader['const']]] : [])].filter(Array.isArray)
  return lists.flatMap((list: unknown[]) => {
    const missing = facts.values?.find((value) => !list.some((taken) => isEqual(taken, value)))
    if (facts.values && missing === undefined) return []
    const what = facts.values ? `the value ${JSON.stringify(missing)}` : 'values that are not in its list'
    return [difference('ENUM_ARRAY_NARROWED', `${path}/enum`, `The reader schema does not take ${what}`)]
  })
}

function numberReasons(reader: Keywords, facts: Facts, path: string): string[] {
  const numbers = facts.values?.filter((value) => typeof value === 'number')
  const reasons: string[] = []
  for (const side of ['minimum', 'maximum'] as const) {
    const written = numbers
      ? numbers.map((limit) => ({ limit, isExclusive: false }))
      : facts.parts.flatMap((part) => boundsOf(part, side))
    for (const bound of boundsOf(reader, side)) {
      const isHeld = (one: (typeof written)[number]): boolean => isWithin(one, bound, side)
      // Each of the only values has to be within; of bounds one is enough.
      if (numbers ? !written.every(isHeld) : !written.some(isHeld))
        reasons.push(
          difference(
            side === 'minimum' ? 'MINIMUM_INCREASED' : 'MAXIMUM_DECREASED',
            `${path}/${side}`,
            `The reader schema has a ${side} of ${bound.limit}, which the writer schema has not`,
          ),
        )
    }
  }
  const { multipleOf } = reader
  if (typeof multipleOf !== 'number') return reasons
  const isMultiple = (number: number): boolean => isDivisible(number, multipleOf)
  const steps = [...facts.numbers('multipleOf'), ...(facts.has('number') ? [] : [1])]
  if (numbers ? numbers.every(isMultiple) : steps.some(isMultiple)) return reasons
  return [
    ...reasons,
    difference('MULTIPLE_OF_CHANGED', `${path}/multipleOf`, `The reader schema takes multiples of ${multipleOf} alone`),
  ]
}

/** Decimals too: 0.3 is divisible by 0.1. */
function isDivisible(number: number, divisor: number): boolean {
  const quotient = number / divisor
  return Math.abs(quotient - Math.round(quotient)) < 1e-9
}

const LENGTHS = ['minLength', 'maxLength'] as const
/** They hold where the writer has the same. */
const LABELS = [
  ['format', 'FORMAT_CHANGED'],
  ['contentEncoding', 'CONTENT_ENCODING_CHANGED'],
  ['contentMediaType', 'CONTENT_MEDIA_TYPE_CHANGED'],
] as const

function stringReasons(reader: Keywords, facts: Facts, path: string): string[] {
  const lengths = facts.texts?.map((text) => [...text].length)
  const isLengthHeld = (name: (typeof LENGTHS)[number], limit: number): boolean => {
    if (lengths) return lengths.every((length) => (name === 'minLength' ? length >= limit : length <= limit))
    return name === 'minLength' ? (facts.atLeast(name) ?? 0) >= limit : (facts.atMost(name) ?? Infinity) <= limit
  }
  return [
    ...LENGTHS.filter((name) => typeof reader[name] === 'number' && !isLengthHeld(name, reader[name])).map((name) =>
      difference(
        name === 'minLength' ? 'MIN_LENGTH_INCREASED' : 'MAX_LENGTH_DECREASED',
        `${path}/${name}`,
        `The reader schema has a ${name} of ${String(reader[name])}, which the writer schema has not`,
      ),
    ),
    ...(typeof reader['pattern'] === 'string' && !isPatternHeld(reader['pattern'], facts)
      ? [
          difference(
            'PATTERN_CHANGED',
            `${path}/pattern`,
            'The reader schema has a pattern that the writer schema has not',
          ),
        ]
      : []),
    ...LABELS.filter(([name]) => reader[name] !== undefined && !facts.all(name).includes(reader[name])).map(
      ([name, errorType]) =>
        difference(errorType, `${path}/${name}`, `The reader schema has a ${name} that the writer schema has not`),
    ),
  ]
}

function isPatternHeld(pattern: string, facts: Facts): boolean {
  if (facts.all('pattern').includes(pattern)) return true
  const { texts } = facts
  return texts !== undefined && matches(pattern, texts)
}

/** False for a pattern that no automaton has: nothing is proved then. */
export function matches(pattern: string, texts: readonly string[]): boolean {
  try {
    return texts.every(linearMatcher(pattern))
  } catch {
    return false
  }
}
