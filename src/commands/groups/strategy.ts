import { DURATIONS, parseSignedDuration, readDuration } from '../../lib/duration.ts'
import { MOMENTS, readApacheMoment, readMoment } from '../../lib/config/moment.ts'
import type { Context } from '../../lib/command/define.ts'
import { UserError } from '../../lib/errors.ts'
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

type Surroundings = Pick<Context, 'style' | 'clock'>

/**
 * The moment of --to-datetime, in milliseconds since the epoch; under Apache's name in Apache's form. Throws UserError.
 */
export function parseMoment(text: string, { style, clock }: Surroundings): bigint {
  const moment = style === 'kts' ? readMoment('to-datetime', text, clock.now()) : readApacheMoment(text)
  if (moment !== undefined) return BigInt(moment)
  throw new UserError(
    `--to-datetime ${text} is not a time: write it as 2026-01-31T12:00:00.000, with Z or +01:00 after it for a zone other than UTC` +
      `; kts groups also takes ${MOMENTS}`,
  )
}

/**
 * The moment that lies a duration (`P1DT2H`, under kts also `26h`) before now, and not before the epoch. Throws
 * UserError.
 */
export function momentBefore(duration: string, { style, clock }: Surroundings): bigint {
  const durationMs = parseSignedDuration(duration) ?? (style === 'kts' ? readDuration(duration) : undefined)
  if (durationMs === undefined)
    throw new UserError(
      `--by-duration ${duration} is not a duration: write it as ${style === 'kts' ? DURATIONS : 'P1DT2H30M, or PT90S'}`,
    )
  return BigInt(Math.max(0, Math.trunc(clock.now() - durationMs)))
}
