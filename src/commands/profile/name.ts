import { UserError } from '../../lib/errors.ts'

export const positional = { name: 'NAME', about: 'The profile.' }

/** The one word of a command. Throws UserError when it is not one. */
export function nameIn(words: readonly string[]): string {
  const [name, extra] = words
  if (name === undefined) throw new UserError('name the profile')
  if (extra !== undefined) throw new UserError(`unexpected argument "${extra}"`)
  return name
}
