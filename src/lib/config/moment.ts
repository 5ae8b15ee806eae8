const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }
const PARTS = /(\d+(?:\.\d+)?)(ms|[smhdw])/gi
const BACK = new RegExp(`^-(?:${PARTS.source})+$`, 'i')
const ISO_TIME = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?)?$/i

/** What `parseMoment` takes, for help and errors. */
export const MOMENTS = '-2h, yesterday, 2026-03-01 12:00, 2026-03-01T12:00:00Z, or milliseconds since 1970'

/**
 * A moment as people write it, in milliseconds since 1970: those themselves, an ISO 8601 time or day, `now`, `today`,
 * `yesterday`, or how long ago (`-90s`, `-1h30m`, `-2d`). What names no zone is local time. Undefined for anything else.
 */
export function parseMoment(text: string, nowMs: number): number | undefined {
  const moment = /^\d+$/.test(text) ? Number(text)
    : BACK.test(text) ? nowMs - lengthOf(text)
      : ISO_TIME.test(text) ? Date.parse(inJavaScript(text))
        : byWord(text.toLowerCase(), nowMs)
  return moment !== undefined && Number.isSafeInteger(moment) && moment >= 0 ? moment : undefined
}

const lengthOf = (text: string): number =>
  Math.round([...text.matchAll(PARTS)].reduce((sum, [, count, unit]) => sum + Number(count) * UNIT_MS[unit!.toLowerCase()]!, 0))

/** `+01:00` where ISO 8601 also allows `+01` and `+0100`, and a time for a bare day, which would be one of UTC without. */
function inJavaScript(text: string): string {
  const spaced = text.replace(' ', 'T').replace(/(:\d{2}(?:\.\d+)?)([+-]\d{2}):?(\d{2})?$/, (_, time: string, hours: string, minutes = '00') => `${time}${hours}:${minutes}`)
  return /T/i.test(spaced) ? spaced : `${spaced}T00:00`
}

function byWord(word: string, nowMs: number): number | undefined {
  const today = new Date(nowMs)
  today.setHours(0, 0, 0, 0)
  switch (word) {
    case 'now': return nowMs
    case 'today': return today.getTime()
    case 'yesterday': return today.setDate(today.getDate() - 1)
    default: return undefined
  }
}
