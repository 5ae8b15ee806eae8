import { UserError } from '../../lib/errors.ts'

/** The word of a command about one profile. */
export const NAME = [{ name: 'NAME', about: 'The profile.' }] as const

/** Throws UserError where there is none. */
export function nameIn([name]: readonly string[]): string {
  if (name === undefined) throw new UserError('name the profile')
  return name
}
