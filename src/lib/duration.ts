/** The one reader of lengths of time; moments are read by lib/config/moment.ts. */

const ISO_8601 = /^([+-])?P(?:([+-]?\d+)D)?(T(?:([+-]?\d+)H)?(?:([+-]?\d+)M)?(?:([+-]?\d+(?:[.,]\d{0,9})?)S)?)?$/i

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}
const PART = /(\d+(?:\.\d+)?)(ms|[smhdw])/gi
const PARTS = new RegExp(`^(?:${PART.source})+$`, 'i')

/** What `readDuration` takes, for help and errors. */
export const DURATIONS = '90s, 5m, 1h30m, 7d, PT1H or P2D'

/**
 * Milliseconds of `90s`, `1h30m`, `1.5d`, `2w`, or of an ISO 8601 duration; undefined for anything else, and for what
 * is negative.
 */
export function readDuration(text: string): number | undefined {
  return PARTS.test(text) ? sumOf(text) : parseDuration(text)
}

/**
 * Milliseconds of an ISO 8601 duration as java.time.Duration takes it (`PT1H30M`, `P2D`); undefined when it is none, or
 * negative.
 */
export function parseDuration(text: string): number | undefined {
  const durationMs = parseSignedDuration(text)
  return durationMs === undefined || durationMs < 0 ? undefined : durationMs
}

/** As parseDuration, negative ones too (`-PT1H`). */
export function parseSignedDuration(text: string): number | undefined {
  const match = ISO_8601.exec(text)
  if (!match || /[PT]$/i.test(text)) return undefined
  const [, sign, days, , hours, minutes, seconds] = match
  const total =
    number(days) * UNIT_MS['d']! +
    number(hours) * UNIT_MS['h']! +
    number(minutes) * UNIT_MS['m']! +
    number(seconds) * UNIT_MS['s']!
  return Math.trunc(sign === '-' ? -total : total)
}

const sumOf = (text: string): number =>
  Math.round(
    [...text.matchAll(PART)].reduce((sum, [, count, unit]) => sum + Number(count) * UNIT_MS[unit!.toLowerCase()]!, 0),
  )

const number = (digits: string | undefined): number => (digits === undefined ? 0 : Number(digits.replace(',', '.')))
