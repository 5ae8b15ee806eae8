import { SchemaError } from '../../format.ts'

const EARLIEST_SECOND = -62_135_596_800
const LATEST_SECOND = 253_402_300_799
const LONGEST_SECONDS = 315_576_000_000
const NANOS_PER_SECOND = 1_000_000_000

/** In seconds and nanoseconds: a google.protobuf.Timestamp, or a Duration, whose parts have one sign. */
export interface Instant {
  readonly seconds: number
  readonly nanos: number
}

/** RFC 3339 with 0, 3, 6 or 9 digits of a second, in quotes (`Timestamps.toString`). */
export function timestampText(seconds: number, nanos: number): string {
  if (!(seconds >= EARLIEST_SECOND && seconds <= LATEST_SECOND && nanos >= 0 && nanos < NANOS_PER_SECOND))
    throw new SchemaError(`${seconds} s and ${nanos} ns are no time between the years 1 and 9999`)
  const second = new Date(seconds * 1000).toISOString().slice(0, 19)
  return `"${second}${fraction(nanos)}Z"`
}

/** `"-1.500s"` (`Durations.toString`). */
export function durationText(seconds: number, nanos: number): string {
  const hasOneSign = seconds === 0 || nanos === 0 || seconds < 0 === nanos < 0
  if (!(Math.abs(seconds) <= LONGEST_SECONDS && Math.abs(nanos) < NANOS_PER_SECOND && hasOneSign))
    throw new SchemaError(`${seconds} s and ${nanos} ns are no duration of up to 10,000 years`)
  const sign = seconds < 0 || nanos < 0 ? '-' : ''
  return `"${sign}${Math.abs(seconds)}${fraction(Math.abs(nanos))}s"`
}

function fraction(nanos: number): string {
  if (nanos === 0) return ''
  const digits = String(nanos).padStart(9, '0')
  return `.${digits.endsWith('000000') ? digits.slice(0, 3) : digits.endsWith('000') ? digits.slice(0, 6) : digits}`
}

const TIMESTAMP = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d+))?(?:Z|([+-])(\d{1,2}):(\d{1,2}))$/
const DURATION = /^(-?)(\d+)(?:\.(\d+))?s$/

/** Of RFC 3339 text with any offset; undefined for anything else. */
export function parseTimestamp(text: string): Instant | undefined {
  const [, second, digits = '', sign, hours, minutes] = TIMESTAMP.exec(text) ?? []
  if (second === undefined) return undefined
  const millis = Date.parse(`${second}Z`)
  // A day that the month does not have is no time.
  if (Number.isNaN(millis) || new Date(millis).toISOString().slice(0, 19) !== second) return undefined
  const offset = sign === undefined ? 0 : (Number(hours) * 60 + Number(minutes)) * 60 * (sign === '-' ? -1 : 1)
  const seconds = millis / 1000 - offset
  if (seconds < EARLIEST_SECOND || seconds > LATEST_SECOND) return undefined
  return { seconds, nanos: nanosOf(digits) }
}

/** Of `-1.5s`; undefined for anything else. */
export function parseDuration(text: string): Instant | undefined {
  const [, sign, whole, digits = ''] = DURATION.exec(text) ?? []
  if (whole === undefined || Number(whole) > LONGEST_SECONDS) return undefined
  const factor = sign === '-' ? -1 : 1
  // No negative zero.
  return { seconds: Number(whole) * factor + 0, nanos: nanosOf(digits) * factor + 0 }
}

/** Of the digits after the point; more than nine do not count. */
const nanosOf = (digits: string): number => Number(digits.slice(0, 9).padEnd(9, '0'))
