import { parseSignedDuration } from '../../lib/client/consumer/duration.ts'
import { UserError } from '../../lib/errors.ts'

/** As Apache's tool wants it: milliseconds are a must (Utils.getDateTime of Kafka). */
const APACHE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d(:?\d\d)?)?$/
/** ISO 8601, from the day on. */
const ISO_8601 = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d(:?\d\d)?)?)?$/

/** Milliseconds since the epoch of a moment, in UTC unless it names a zone; with `isoDates` also without milliseconds. Throws UserError. */
export function parseMoment(text: string, isoDates: boolean): bigint {
  const fits = (isoDates ? ISO_8601 : APACHE).test(text)
  const time = fits ? Date.parse(withZone(text)) : NaN
  // Date rolls the 30th of February on into March.
  if (Number.isNaN(time) || !isRealDay(text)) {
    throw new UserError(`--to-datetime ${text} is not a moment: write it as 2026-01-31T12:00:00.000, with Z or +01:00 behind it for a zone other than UTC`)
  }
  return BigInt(time)
}

function withZone(text: string): string {
  if (!text.includes('T')) return text
  return text.replace(/([+-]\d\d)(?::?(\d\d))?$/, (_, hours: string, minutes = '00') => `${hours}:${minutes}`).replace(/(?<!Z|[+-]\d\d:\d\d)$/, 'Z')
}

function isRealDay(text: string): boolean {
  const day = text.slice(0, 10)
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day)
}

/** The moment that lies a duration (`P1DT2H`) before another, and not before the epoch. Throws UserError. */
export function momentBefore(nowMs: number, duration: string): bigint {
  const durationMs = parseSignedDuration(duration)
  if (durationMs === undefined) throw new UserError(`--by-duration ${duration} is not a duration: write it as P1DT2H30M, or PT90S`)
  return BigInt(Math.max(0, Math.trunc(nowMs - durationMs)))
}
