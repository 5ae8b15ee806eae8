import { readDuration } from '../duration.ts'
import { UserError } from '../errors.ts'

/** What `readMoment` takes, for help and errors. */
export const MOMENTS = '-2h, yesterday, 2026-03-01 12:00, 2026-03-01T12:00:00Z, or milliseconds since 1970'

/**
 * Numbers in between are milliseconds of 1970 to 1973: seconds, or a day without its dashes, are meant far more often.
 */
const HARDLY_MILLISECONDS = [10_000_000, 100_000_000_000] as const
const YEAR = /^(?:19|20)\d\d$/

const ISO_8601 =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?: ?(Z|[+-]\d\d(?::?\d\d)?))?)?$/i

/**
 * A moment as people write it, in milliseconds since 1970: those themselves, seconds since 1970 behind an `@`, an ISO
 * 8601 day or time, `now`, `today`, `yesterday`, or how long ago (`-90s`, `-1h30m`, `-PT2H`, `2d ago`). What names no
 * zone is local time. Throws UserError, which says of option `--name` why it is none: days and hours that do not exist,
 * what lies before 1970, where Kafka's look-up by time begins, and numbers that hardly mean what they say.
 */
export function readMoment(name: string, text: string, nowMs: number): number {
  const refuse = (reason: string): never => {
    throw new UserError(`--${name} ${text}: ${reason}`)
  }
  const moment = momentOf(text.trim(), nowMs, refuse)
  if (moment === undefined)
    return refuse(
      readDuration(text) === undefined
        ? `not a time such as ${MOMENTS}`
        : `a duration; write -${text} for that long ago`,
    )
  if (!Number.isSafeInteger(moment)) return refuse('too far away')
  return moment < 0 ? refuse('before 1970, where looking up by time begins') : moment
}

type Refuse = (reason: string) => never

function momentOf(text: string, nowMs: number, refuse: Refuse): number | undefined {
  if (/^\d+$/.test(text)) return fromNumber(text, refuse)
  if (/^@\d+(?:\.\d+)?$/.test(text)) return Math.round(Number(text.slice(1)) * 1000)
  const ago = /^-(.+)$/.exec(text)?.[1] ?? /^(.+\S) ?ago$/i.exec(text)?.[1]
  if (ago !== undefined) {
    const durationMs = readDuration(ago)
    return durationMs === undefined ? undefined : nowMs - durationMs
  }
  const match = ISO_8601.exec(text)
  return match ? fromIso8601(match, refuse) : byWord(text.toLowerCase(), nowMs)
}

function fromNumber(text: string, refuse: Refuse): number {
  const [, year, month, day, hour = '00', minute = '00'] =
    /^((?:19|20)\d\d)(\d\d)(\d\d)(?:(\d\d)(\d\d)(?:\d\d)?)?$/.exec(text) ?? []
  if (year !== undefined && isRealDay(Number(year), Number(month), Number(day))) {
    return refuse(
      `a number is milliseconds since 1970; the day is ${year}-${month}-${day}${text.length > 8 ? `T${hour}:${minute}` : ''}`,
    )
  }
  const moment = Number(text)
  const [least, most] = HARDLY_MILLISECONDS
  if ((moment < least || moment >= most) && !YEAR.test(text)) return moment
  const meant = text.length >= 9 ? `; as seconds it is @${text}` : ''
  return refuse(
    `a number is milliseconds since 1970, and this is ${new Date(moment).toISOString()}${meant}. If that is meant, write it so`,
  )
}

function fromIso8601(match: RegExpExecArray, refuse: Refuse): number {
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((digits) => Number(digits ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const millisecond = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'))
  if (!isRealDay(year, month, day)) return refuse('there is no such day')
  if (!isTimeOfDay(hour, minute, second)) return refuse('there is no such time of day')
  const date = new Date(2000, 0, 1)
  if (match[8] !== undefined) {
    date.setUTCFullYear(year, month - 1, day)
    return date.setUTCHours(hour, minute, second, millisecond) - zoneOffsetMs(match[8], refuse)
  }
  date.setFullYear(year, month - 1, day)
  date.setHours(hour, minute, second, millisecond)
  // Where clocks are put forward, Date takes a later time. A bare day may begin later than midnight.
  const isThere = date.getHours() === hour && date.getMinutes() === minute
  return isThere || match[4] === undefined
    ? date.getTime()
    : refuse('there is no such time here: the clocks are put forward over it; name the zone, with Z or +01:00')
}

function zoneOffsetMs(zone: string, refuse: Refuse): number {
  if (/z/i.test(zone)) return 0
  const [, sign, hours, minutes = '0'] = /^([+-])(\d\d)(?::?(\d\d))?$/.exec(zone)!
  if (Number(hours) > 23 || Number(minutes) > 59) refuse(`there is no such zone as ${zone}`)
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
}

const isTimeOfDay = (hour: number, minute: number, second: number): boolean =>
  hour <= 23 && minute <= 59 && second <= 59

/** Date rolls the 30th of February on into March. */
function isRealDay(year: number, month: number, day: number): boolean {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  return month >= 1 && month <= 12 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}

function byWord(word: string, nowMs: number): number | undefined {
  const today = new Date(nowMs)
  today.setHours(0, 0, 0, 0)
  switch (word) {
    case 'now':
      return nowMs
    case 'today':
      return today.getTime()
    case 'yesterday':
      return today.setDate(today.getDate() - 1)
    default:
      return undefined
  }
}

const APACHE = /^\s*(\d+)-\s*(\d+)-\s*(\d+)T\s*(\d+):\s*(\d+):\s*(\d+)\.\s*(\d+)(.*)$/s

/**
 * A moment as Apache's tools read it (Utils.getDateTime: SimpleDateFormat, strict, `yyyy-MM-dd'T'HH:mm:ss.SSSXXX`, then
 * `…X`), in milliseconds since 1970: UTC unless it names a zone, milliseconds are a must and are a number, what stands
 * after the zone does not count, nor do minutes without a colon. Undefined for anything else.
 */
export function readApacheMoment(text: string): number | undefined {
  const [, time] = text.split('T')
  const [, ...fields] = APACHE.exec(time !== undefined && /[+\-Z]/.test(time) ? text : `${text}Z`) ?? []
  if (fields.length === 0) return undefined
  const [year, month, day, hour, minute, second, millisecond] = fields.slice(0, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const offsetMinutes = apacheZone(fields[7]!)
  if (
    offsetMinutes === undefined ||
    !isRealDay(year, month, day) ||
    !isTimeOfDay(hour, minute, second) ||
    millisecond > 999
  )
    return undefined
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  const moment = date.setUTCHours(hour, minute, second, millisecond) - offsetMinutes * 60_000
  return Number.isNaN(moment) ? undefined : moment
}

function apacheZone(text: string): number | undefined {
  if (text.startsWith('Z')) return 0
  const [, sign, hours, minutes = '0'] = /^([+-])([01]\d|2[0-3])(?::([0-5]\d))?/.exec(text) ?? []
  return sign === undefined ? undefined : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
}
