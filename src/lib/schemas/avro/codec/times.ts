import { Misfit } from './misfit.ts'

/** How many units of a logical type make a second, and whether it is of a time zone. */
const TIMES = {
  date: { kind: 'date', perSecond: 0 },
  'time-millis': { kind: 'time', perSecond: 1e3 },
  'time-micros': { kind: 'time', perSecond: 1e6 },
  'timestamp-millis': { kind: 'instant', perSecond: 1e3 },
  'timestamp-micros': { kind: 'instant', perSecond: 1e6 },
  'timestamp-nanos': { kind: 'instant', perSecond: 1e9 },
  'local-timestamp-millis': { kind: 'local', perSecond: 1e3 },
  'local-timestamp-micros': { kind: 'local', perSecond: 1e6 },
  'local-timestamp-nanos': { kind: 'local', perSecond: 1e9 },
} as const

export type TimeName = keyof typeof TIMES

export const isTime = (name: string | undefined): name is TimeName => name !== undefined && Object.hasOwn(TIMES, name)

const DAY_SECONDS = 86_400
/** What Date holds, on either side of 1970. */
const MOST_SECONDS = 8.64e12

const DATE = /^([+-]\d{6}|\d{4})-\d\d-\d\d$/
const TIME = /^(\d\d:\d\d)(?::(\d\d))?(?:[.,](\d{1,9}))?$/
const ZONE = /(Z|[+-]\d\d:\d\d)$/

/** In ISO 8601, an instant in UTC; undefined for what lies beyond its years or hours. */
export function timeText(name: TimeName, value: number | bigint): string | undefined {
  const { kind, perSecond } = TIMES[name]
  if (kind === 'date') return dateTime(Number(value) * DAY_SECONDS)?.slice(0, -'T00:00:00'.length)
  const { seconds, fraction } = split(value, perSecond)
  const point = `.${String(fraction).padStart(String(perSecond).length - 1, '0')}`
  if (kind === 'time' && (seconds < 0 || seconds >= DAY_SECONDS)) return undefined
  const text = dateTime(seconds)
  if (text === undefined) return undefined
  if (kind === 'time') return `${text.slice(text.indexOf('T') + 1)}${point}`
  return `${text}${point}${kind === 'instant' ? 'Z' : ''}`
}

function split(value: number | bigint, perSecond: number): { seconds: number; fraction: number } {
  if (typeof value === 'number') {
    const seconds = Math.floor(value / perSecond)
    return { seconds, fraction: value - seconds * perSecond }
  }
  const unit = BigInt(perSecond)
  const fraction = ((value % unit) + unit) % unit
  return { seconds: Number((value - fraction) / unit), fraction: Number(fraction) }
}

/** `2026-11-30T12:00:00`; undefined beyond the years of Date. */
const dateTime = (seconds: number): string | undefined =>
  Math.abs(seconds) <= MOST_SECONDS ? new Date(seconds * 1000).toISOString().slice(0, -'.000Z'.length) : undefined

/**
 * The opposite of `timeText`. Throws Misfit for a text that is no such time, or one that is more exact than its unit.
 */
export function parseTime(name: TimeName, text: string): bigint {
  const { kind, perSecond } = TIMES[name]
  const wanted = `${JSON.stringify(text)} is no ${name}, as in ${timeText(name, 0)}`
  if (kind === 'date') return BigInt(secondsOf(text, '00:00:00', wanted) / DAY_SECONDS)
  const zone = kind === 'instant' ? (ZONE.exec(text)?.[1] ?? '') : ''
  if (kind === 'instant' && zone === '') throw new Misfit(wanted)
  const [date, time] = kind === 'time' ? ['1970-01-01', text] : text.slice(0, text.length - zone.length).split('T')
  const [, minutes, seconds = '00', fraction = ''] = TIME.exec(time ?? '') ?? []
  if (minutes === undefined) throw new Misfit(wanted)
  const whole = BigInt(secondsOf(date!, `${minutes}:${seconds}`, wanted) - offsetSeconds(zone))
  return whole * BigInt(perSecond) + units(fraction, perSecond, wanted)
}

function secondsOf(date: string, time: string, wanted: string): number {
  const milliseconds = DATE.test(date) ? Date.parse(`${date}T${time}Z`) : NaN
  // Date takes the 30th of February for a day of March.
  if (Number.isNaN(milliseconds) || dateTime(milliseconds / 1000) !== `${date}T${time}`) throw new Misfit(wanted)
  return milliseconds / 1000
}

function offsetSeconds(zone: string): number {
  if (zone === '' || zone === 'Z') return 0
  const [hours, minutes] = zone.slice(1).split(':')
  return (zone.startsWith('-') ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60)
}

function units(fraction: string, perSecond: number, wanted: string): bigint {
  const digits = String(perSecond).length - 1
  if (!/^0*$/.test(fraction.slice(digits))) throw new Misfit(`${wanted}: it has ${digits} digits after the second`)
  return BigInt(fraction.slice(0, digits).padEnd(digits, '0') || '0')
}
