import { UserError } from '../errors.ts'

/**
 * Reads `key=value` arguments as Apache's CommandLineUtils.parseKeyValueArgs does: the first `=` divides, the last
 * value of a key counts. Where the value is missing it is empty, or, when `missing` is `error`, UserError names the
 * option.
 */
export function parseKeyValues(
  pairs: readonly string[],
  missing: 'empty' | 'error',
  option: string,
): Map<string, string> {
  const values = new Map<string, string>()
  for (const pair of pairs) {
    const [key, value] = splitPair(pair)
    if (value === '' && missing === 'error')
      throw new UserError(`--${option} takes KEY=VALUE, and "${nameIn(pair)}" has no value`)
    values.set(key, value)
  }
  return values
}

/**
 * `key=value` of an option that leaves neither out, though the value may be empty. Throws UserError that names the
 * option.
 */
export function requirePair(pair: string, option: string): [key: string, value: string] {
  if (pair.indexOf('=') < 1) throw new UserError(`${option} takes KEY=VALUE, and "${nameIn(pair)}" is none`)
  return splitPair(pair)
}

/** For messages: what follows the name may be a secret, with another sign between. */
export const nameIn = (pair: string): string => pair.replace(/^([\w.-]+)[^\w.=-].*$/s, '$1…')

function splitPair(pair: string): [string, string] {
  const divider = pair.indexOf('=')
  return divider < 0 ? [pair, ''] : [pair.slice(0, divider), pair.slice(divider + 1)]
}
