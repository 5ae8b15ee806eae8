import { UserError } from '../errors.ts'
import { suggest } from '../suggest.ts'
import { argumentOf, type Declaration, type Option } from './define.ts'

const NUMBER = /^-(\d+|\d*\.\d+)(e[+-]?\d+)?$/

/**
 * Splits the words of a command line as GNU's getopt_long does: `--name VALUE`, `--name=VALUE`, `-n VALUE`, `-nVALUE`,
 * flags in one word (`-ab`), options anywhere, and none after `--`. An optional value is the next word, unless that
 * looks like an option; a negative number does not. `meet` gets each option with its value, true where it has none; the
 * other words are returned. Throws UserError; `instead` says what another tool's letters are called here.
 *
 * Of its own, since a library for it took three milliseconds of each start.
 */
export function splitWords(
  args: readonly string[],
  options: readonly Option[],
  meet: (option: Option, value: string | true) => void,
  instead: Declaration['instead'] = {},
): string[] {
  const flags = flagsOf(options)
  const hasDigits = options.some(({ short }) => short !== undefined && /\d/.test(short))
  const looksLikeOption = (word: string): boolean =>
    word.length > 1 && word.startsWith('-') && (hasDigits || !NUMBER.test(word))
  const left = [...args].reverse()
  const valueAfter = (option: Option): string | true => {
    const argument = argumentOf(option)
    if (argument === 'none' || (argument === 'optional' && looksLikeOption(left.at(-1) ?? '--'))) return true
    const value = left.pop()
    if (value === undefined) throw new UserError(`--${option.name} needs a value`)
    return value
  }
  const others: string[] = []
  let unknown: string | undefined
  for (let word = left.pop(); word !== undefined; word = left.pop()) {
    if (word === '--') {
      for (const rest of left.splice(0).reverse()) others.push(rest)
    } else if (!looksLikeOption(word)) others.push(word)
    else {
      const option = flags.get(word)
      const found: Found | undefined = option ? { option, value: valueAfter(option) } : joinedOf(word, flags)
      if (found) meet(found.option, found.value)
      else unknown ??= word
      if (found?.more !== undefined) left.push(found.more)
    }
  }
  if (unknown !== undefined) throw unknownOption(unknown, options, instead)
  return others
}

function flagsOf(options: readonly Option[]): Map<string, Option> {
  const flags = new Map<string, Option>()
  for (const option of options) {
    flags.set(`--${option.name}`, option)
    if (option.short !== undefined) flags.set(`-${option.short}`, option)
  }
  return flags
}

interface Found {
  readonly option: Option
  readonly value: string | true
  /** The flags that share the word. */
  readonly more?: string
}

/** An option with its value, or with more of them, in one word. */
function joinedOf(word: string, flags: ReadonlyMap<string, Option>): Found | undefined {
  const isLong = word.startsWith('--')
  const end = isLong ? word.indexOf('=') : 2
  const option = end < 0 ? undefined : flags.get(word.slice(0, end))
  if (!option) return undefined
  if (argumentOf(option) !== 'none') return { option, value: word.slice(isLong ? end + 1 : end) }
  return isLong ? undefined : { option, value: true, more: `-${word.slice(end)}` }
}

function unknownOption(name: string, options: readonly Option[], instead: Record<string, string>): UserError {
  const place = /^-\w/.test(name) ? instead[name[1]!] : undefined
  if (place !== undefined) return new UserError(`unknown option ${name}; ${place}`)
  const meant = suggest(
    name.replace(/^-+|=.*$/gs, ''),
    options.map((option) => option.name),
  )
  return new UserError(`unknown option ${name}${meant ? `; did you mean --${meant}?` : ''}`)
}
