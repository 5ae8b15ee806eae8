import { UserError } from '../errors.ts'
import { optionName } from './names.ts'

type Given = Readonly<Record<string, unknown>>
type Keys<V> = readonly (keyof V & string)[]

/** The rules between options that many commands share. `values` are those of define.ts; each rule throws UserError. */

export function isGiven<V extends Given>(values: V, key: keyof V): boolean {
  const value = values[key]
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false
}

/** One of these at most. */
export function forbidTogether<V extends Given>(values: V, keys: Keys<V>): void {
  const [first, second] = keys.filter((key) => isGiven(values, key))
  if (second !== undefined) throw new UserError(`${optionName(first!)} and ${optionName(second)} exclude each other`)
}

/** One of these at least, for an action as it was typed. */
export function needOneOf<V extends Given>(values: V, action: string, keys: Keys<V>): void {
  if (keys.some((key) => isGiven(values, key))) return
  const [last, ...others] = keys.map(optionName).reverse()
  const names = others.length === 0 ? last : `${others.reverse().join(', ')} or ${last}`
  throw new UserError(`${action} needs ${names}`)
}
