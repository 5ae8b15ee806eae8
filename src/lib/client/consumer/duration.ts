const PATTERN = /^([+-])?P(?:([+-]?\d+)D)?(T(?:([+-]?\d+)H)?(?:([+-]?\d+)M)?(?:([+-]?\d+(?:[.,]\d{0,9})?)S)?)?$/i

/** Milliseconds of an ISO 8601 duration as java.time.Duration takes it (`PT1H30M`, `P2D`); undefined when it is none, or negative. */
export function parseDuration(text: string): number | undefined {
  const durationMs = parseSignedDuration(text)
  return durationMs === undefined || durationMs < 0 ? undefined : durationMs
}

/** As parseDuration, negative ones too (`-PT1H`). */
export function parseSignedDuration(text: string): number | undefined {
  const match = PATTERN.exec(text)
  if (!match || /[PT]$/i.test(text)) return undefined
  const [, sign, days, , hours, minutes, seconds] = match
  const total = number(days) * 86_400_000 + number(hours) * 3_600_000 + number(minutes) * 60_000 + number(seconds) * 1000
  return Math.trunc(sign === '-' ? -total : total)
}

const number = (digits: string | undefined): number => (digits === undefined ? 0 : Number(digits.replace(',', '.')))
