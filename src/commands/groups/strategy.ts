import type { Context } from '../../lib/command/define.ts'
import { UserError } from '../../lib/errors.ts'
import { momentBefore, parseMoment } from './moment.ts'
import type { GroupsValues } from './options.ts'
import { readPlanFile, type PlanFile } from './plan-file.ts'

/** Where offsets are to be moved. */
export type Strategy =
  | { readonly to: 'earliest' | 'latest' | 'current' }
  | { readonly to: 'offset'; readonly offset: bigint }
  | { readonly to: 'shifted'; readonly by: bigint }
  | { readonly to: 'moment'; readonly timestamp: bigint }
  | { readonly to: 'file'; readonly plan: PlanFile }

/** The one that the options name. Throws UserError for a value that cannot be read. */
export function readStrategy(values: GroupsValues, context: Context): Strategy {
  const { toOffset, shiftBy, toDatetime, byDuration, fromFile, toEarliest, toLatest } = values
  if (toEarliest) return { to: 'earliest' }
  if (toLatest) return { to: 'latest' }
  if (toOffset !== undefined) return { to: 'offset', offset: readLong(toOffset, 'to-offset') }
  if (shiftBy !== undefined) return { to: 'shifted', by: readLong(shiftBy, 'shift-by') }
  if (toDatetime !== undefined) return { to: 'moment', timestamp: parseMoment(toDatetime, context) }
  if (byDuration !== undefined) return { to: 'moment', timestamp: momentBefore(byDuration, context) }
  if (fromFile !== undefined)
    return { to: 'file', plan: readPlanFile(fromFile, context.cwd, [...new Set(values.group)]) }
  return { to: 'current' }
}

const MAX_LONG = 2n ** 63n - 1n

function readLong(text: string, option: string): bigint {
  const value = /^[+-]?\d+$/.test(text) ? BigInt(text.replace('+', '')) : undefined
  if (value === undefined || value > MAX_LONG || value < -MAX_LONG)
    throw new UserError(`--${option} takes a whole number, not "${text}"`)
  return value
}
