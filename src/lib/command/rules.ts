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

/** The one action that is named by a word, `byDefault` when there is none. */
export function chooseWord<A extends string>(words: readonly string[], actions: readonly A[], byDefault?: A): A {
  const [word = byDefault, ...rest] = words
  if (word === undefined) throw new UserError(`say what to do: ${actions.join(', ')}`)
  if (rest.length > 0) throw new UserError(`unexpected argument "${rest[0]}"`)
  const action = actions.find((known) => known === word)
  if (action === undefined) throw new UserError(`"${word}" is none of ${actions.join(', ')}`)
  return action
}

/** The actions that an option goes with, for those that do not go with all. */
export type BelongsTo<V extends Given, A extends string> = { readonly [K in keyof V]?: readonly A[] | undefined }

/**
 * No option is given that belongs to other actions; these are options themselves unless `nameOf` says how they are
 * typed.
 */
export function forbidStrays<V extends Given, A extends string>(
  values: V,
  action: A,
  belongsTo: BelongsTo<V, A>,
  nameOf: (action: A) => string = optionName,
): void {
  for (const [key, fitting = []] of Object.entries(belongsTo) as [keyof V & string, readonly A[] | undefined][]) {
    if (isGiven(values, key) && !fitting.includes(action)) {
      throw new UserError(
        `${optionName(key)} goes with ${fitting.map(nameOf).join(' or ')}, not with ${nameOf(action)}`,
      )
    }
  }
}

/** For `forbidStrays`: the action is a word, as it is. */
export const asWord = (action: string): string => action

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
