import { readDuration } from '../duration.ts'
import { UserError } from '../errors.ts'
import type { Option } from './define.ts'
import { suggest } from '../suggest.ts'

/** The argument of an option as `Values` in define.ts has it. Throws UserError where it does not fit. */
export function parseValue(option: Option, text: string, style: 'kts' | 'drop-in' = 'kts'): string | number | true {
  if (option.type === 'integer')
    return (style === 'kts' ? parseLength(option, text) : undefined) ?? parseInteger(option, text)
  return option.values === undefined ? text : chooseValue(option, option.values, text)
}

/** Where the argument may be left out, an empty one is as good as none. */
function chooseValue(
  { name, argument, ignoresCase = false }: Option,
  values: readonly string[],
  text: string,
): string | true {
  if (text === '' && argument === 'optional') return true
  const wanted = ignoresCase ? text.trim().toLowerCase() : text
  const value = values.find((known) => (ignoresCase ? known.toLowerCase() : known) === wanted)
  if (value !== undefined) return value
  const meant = suggest(wanted, values)
  throw new UserError(
    `--${name} is ${values.length > 2 ? 'one of ' : ''}${enumerate(values)}, not "${text}"${meant ? `; did you mean ${meant}?` : ''}`,
  )
}

/** `a, b and c`; of two that exclude each other, `a or b`. */
const enumerate = (values: readonly string[]): string =>
  values.length > 2 ? `${values.slice(0, -1).join(', ')} and ${values.at(-1)}` : values.join(' or ')

/** As Java's Integer and Long read a number: decimal digits, with a sign or without. */
function parseInteger(option: Option, text: string): number {
  const value = /^[+-]?\d+$/.test(text) ? Number(text) : NaN
  if (!Number.isSafeInteger(value)) throw new UserError(`--${option.name} takes a whole number, not "${text}"`)
  return value
}

const UNIT_MS = { ms: 1, s: 1000, min: 60_000 } as const

/**
 * A length of time with a unit of its own, in the unit of the option; undefined for anything else. Throws UserError
 * where it does not come out even.
 */
function parseLength({ name, unit }: Option, text: string): number | undefined {
  const lengthMs = unit && readDuration(text)
  if (lengthMs === undefined) return undefined
  const length = lengthMs / UNIT_MS[unit!]
  if (!Number.isInteger(length))
    throw new UserError(
      `--${name} ${text} is no whole number of ${{ ms: 'milliseconds', s: 'seconds', min: 'minutes' }[unit!]}`,
    )
  return length
}
