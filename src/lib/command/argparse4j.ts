import { UserError } from '../errors.ts'
import { argumentOf, type Dialect, type Option } from './define.ts'

/**
 * The dialect of argparse4j, which a few of Apache's tools parse with: a long name may be cut short while it stays
 * unambiguous, an option given again takes the place of the one before, one that is `repeatable` takes every word up to
 * the next option (nargs="+"), and a word that belongs to nothing is an error.
 */
export const argparse4j: Dialect = {
  refusesWords: true,
  hasShortHelp: true,
  rewrite: (args, options) => rewrite(args, options, 'values'),
}

/** The same for the tools whose `repeatable` options take one value each, and are given again for another (append). */
export const appendingArgparse4j: Dialect = {
  ...argparse4j,
  rewrite: (args, options) => rewrite(args, options, 'options'),
}

function rewrite(args: readonly string[], options: readonly Option[], repeated: 'values' | 'options'): string[] {
  const given = new Map<Option, string[]>()
  const strange: string[] = []
  for (let i = 0; i < args.length; i += 1) {
    const arg = args[i]!
    const option = findOption(arg, options)
    if (option === undefined) {
      strange.push(arg)
      continue
    }
    const end = endOfValues(option, args, i, repeated)
    const earlier = option.repeatable && repeated === 'options' ? (given.get(option) ?? []) : []
    given.set(option, [...earlier, ...valuesOf(option, args.slice(i, end))])
    i = end - 1
  }
  return [...[...given].flatMap(([{ name }, values]) => values.map((value) => `--${name}${value}`)), ...strange]
}

function findOption(arg: string, options: readonly Option[]): Option | undefined {
  const [, name, short] = /^(?:--([^=]+)(?:=.*)?|-(\w))$/s.exec(arg) ?? []
  if (short !== undefined) return options.find((option) => option.short === short)
  if (name === undefined) return undefined
  const candidates = options.filter((option) => option.name.startsWith(name))
  return candidates.length === 1 ? candidates[0] : options.find((option) => option.name === name)
}

/** Where the words of the option at `at` end. */
function endOfValues(option: Option, args: readonly string[], at: number, repeated: 'values' | 'options'): number {
  if (option.value === undefined || args[at]!.includes('=')) return at + 1
  const most = option.repeatable && repeated === 'values' ? args.length : Math.min(at + 2, args.length)
  let end = at + 1
  while (end < most && !looksLikeOption(args[end]!)) end += 1
  return end
}

/** What follows the name: nothing for a flag, `=value` for each value. Throws UserError when a value is missing. */
function valuesOf(option: Option, [name = '', ...words]: readonly string[]): string[] {
  if (name.includes('=')) return [name.slice(name.indexOf('='))]
  if (words.length === 0 && argumentOf(option) === 'required') throw new UserError(`--${option.name} needs a value`)
  return words.length === 0 ? [''] : words.map((word) => `=${word}`)
}

/** A negative number is a value: no option looks like one. */
const looksLikeOption = (word: string): boolean => word.startsWith('-') && word !== '-' && !/^-\d+(\.\d*)?$/.test(word)
