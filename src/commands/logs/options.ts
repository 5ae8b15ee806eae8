import { defineOptions } from '../../lib/command/define.ts'
import { UserError } from '../../lib/errors.ts'

export const fileOptions = defineOptions([
  { name: 'file', value: 'PATH', about: 'The log (default $XDG_STATE_HOME/kts/logs/access.log).' },
])

export const generatorOptions = defineOptions([
  { name: 'count', type: 'integer', value: 'N', about: 'Stop after so many lines.' },
  { name: 'seed', type: 'integer', value: 'N', about: 'The same seed makes up the same requests.' },
])

/** Throws UserError for a number that has to be positive and is not. */
export function checkPositive(numbers: Readonly<Record<string, number | undefined>>): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (value !== undefined && value < 1) throw new UserError(`--${name} takes a number of at least 1, not ${value}`)
  }
}

/** A seed of its own for a run that names none. */
export const anySeed = (): number => Math.floor(Math.random() * 0x7fff_ffff)
