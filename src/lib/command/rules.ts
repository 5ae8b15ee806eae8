import { UserError } from '../errors.ts'
import { optionName } from './names.ts'

type Given = Readonly<Record<string, unknown>>
type Keys<V> = readonly (keyof V & string)[]

/** The rules between options that many commands share. `values` are those of define.ts; each rule throws UserError. */

export function isGiven<V extends Given>(values: V, key: keyof V): boolean {
  const value = values[key]
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false
}

/** The one action among the options of a command that does several things. */
export function chooseAction<V extends Given, A extends keyof V & string>(values: V, actions: readonly A[]): A {
  const chosen = actions.filter((action) => isGiven(values, action))
  if (chosen.length === 1) return chosen[0]!
  const complaint = chosen.length === 0 ? 'say what to do' : 'do one thing at a time'
  throw new UserError(`${complaint}: ${actions.map(optionName).join(', ')}`)
}

/** `belongsTo` names the actions that an option goes with; the rest go with all. */
export function forbidStrays<V extends Given, A extends string>(
  values: V, action: A, belongsTo: { readonly [K in keyof V]?: readonly A[] | undefined },
): void {
  for (const [key, fitting = []] of Object.entries(belongsTo) as [keyof V & string, readonly A[] | undefined][]) {
    if (isGiven(values, key) && !fitting.includes(action)) {
      throw new UserError(`${optionName(key)} goes with ${fitting.map(optionName).join(' or ')}, not with ${optionName(action)}`)
    }
  }
}

/** One of these at most. */
export function forbidTogether<V extends Given>(values: V, keys: Keys<V>): void {
  const [first, second] = keys.filter((key) => isGiven(values, key))
  if (second !== undefined) throw new UserError(`${optionName(first!)} and ${optionName(second)} exclude each other`)
}

/** One of these at least. */
export function needOneOf<V extends Given>(values: V, action: string, keys: Keys<V>): void {
  if (keys.some((key) => isGiven(values, key))) return
  const [last, ...others] = keys.map(optionName).reverse()
  const names = others.length === 0 ? last : `${others.reverse().join(', ')} or ${last}`
  throw new UserError(`${optionName(action)} needs ${names}`)
}
