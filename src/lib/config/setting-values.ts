import { readDuration } from '../duration.ts'
import { UserError } from '../errors.ts'
import { readSize } from '../size.ts'

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, seconds: 1000, minutes: 60_000, hours: 3_600_000 }

/**
 * The value of a setting as people write it, for a broker: where the end of the name says the unit, `7d` and `10MiB`
 * are numbers of it; anything else stays as it is. Throws UserError where it does not come out even.
 */
export function readSetting(name: string, text: string): string {
  if (/[._](bytes|byte_rate)$/.test(name)) return String(readSize(text) ?? text)
  const [, unit = ''] = /(?:^|\.)(ms|seconds|minutes|hours)$/.exec(name) ?? []
  const durationMs = unit === '' ? undefined : readDuration(text)
  if (durationMs === undefined) return text
  const count = durationMs / UNIT_MS[unit]!
  if (!Number.isInteger(count))
    throw new UserError(`${name}=${text} is no whole number of ${unit === 'ms' ? 'milliseconds' : unit}`)
  return String(count)
}

const SHORT_UNITS = {
  millisecond: 'ms',
  sec: 's',
  second: 's',
  min: 'm',
  minute: 'm',
  hr: 'h',
  hour: 'h',
  day: 'd',
  week: 'w',
}

/** `; did you mean retention.ms=7d?` for `7days`, or nothing; for the end of the sentence that refuses it. */
export function nearValue(settings: ReadonlyMap<string, string>): string {
  for (const [name, text] of settings) {
    const [, count, unit = ''] = /^(\d+) ?([a-z]+?)s?$/i.exec(text) ?? []
    const short = /[._](bytes|byte_rate)$/.test(name)
      ? /^[kmgt]$/i.test(unit) && `${unit.toUpperCase()}iB`
      : SHORT_UNITS[unit.toLowerCase() as keyof typeof SHORT_UNITS]
    if (short) return `; did you mean ${name}=${count}${short}?`
  }
  return ''
}
