import type { Context } from '../../lib/command/define.ts'
import { MOMENTS, readApacheMoment, readMoment } from '../../lib/config/moment.ts'
import { DURATIONS, parseSignedDuration, readDuration } from '../../lib/duration.ts'
import { UserError } from '../../lib/errors.ts'

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
