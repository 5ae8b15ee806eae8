import { UserError } from '../errors.ts'

/**
 * Times in the patterns of java.text.SimpleDateFormat, in English and in local time. Returns what writes a time in
 * milliseconds. Throws UserError for what Java refuses.
 */
export function simpleDateFormat(pattern: string): (timeMs: number) => string {
  const parts = [...divide(pattern)]
  return (timeMs) => {
    const date = new Date(timeMs)
    return parts.map((part) => (typeof part === 'string' ? part : part(date))).join('')
  }
}

type Part = string | ((date: Date) => string)

/** Quoted text, runs of one letter, and what stands for itself. */
function* divide(pattern: string): Generator<Part> {
  const pieces = /''|'((?:[^']|'')*)('|$)|([a-zA-Z])\3*|[^a-zA-Z']+/g
  for (const [piece, quoted, end, letter] of pattern.matchAll(pieces)) {
    if (piece === "''") yield "'"
    else if (end === '') throw new UserError(`--date-format "${pattern}" has a quote without its other half`)
    else if (quoted !== undefined) yield quoted.replaceAll("''", "'")
    else yield letter === undefined ? piece : field(letter, piece.length, pattern)
  }
}

function field(letter: string, count: number, pattern: string): (date: Date) => string {
  const write = FIELDS[letter]
  if (!write) throw new UserError(`--date-format "${pattern}" has a letter that stands for nothing: ${letter}`)
  if (letter === 'X' && count > 3) throw new UserError(`--date-format "${pattern}" has more than three X`)
  return (date) => write(date, count)
}

/** By letter: the text of a date for so many of it. */
const FIELDS: Readonly<Record<string, (date: Date, count: number) => string>> = {
  G: () => 'AD',
  y: (date, count) => year(date.getFullYear(), count),
  Y: (date, count) => year(weekYear(date), count),
  M: (date, count) => month(date, count),
  L: (date, count) => month(date, count),
  w: (date, count) => padded(weekOfYear(date), count),
  W: (date, count) => padded(weekOf(date.getDate(), date), count),
  D: (date, count) => padded(dayOfYear(date), count),
  d: (date, count) => padded(date.getDate(), count),
  F: (date, count) => padded(Math.ceil(date.getDate() / 7), count),
  E: (date, count) => shortened(DAYS[date.getDay()]!, count),
  u: (date, count) => padded(date.getDay() || 7, count),
  a: (date) => (date.getHours() < 12 ? 'AM' : 'PM'),
  H: (date, count) => padded(date.getHours(), count),
  k: (date, count) => padded(date.getHours() || 24, count),
  K: (date, count) => padded(date.getHours() % 12, count),
  h: (date, count) => padded(date.getHours() % 12 || 12, count),
  m: (date, count) => padded(date.getMinutes(), count),
  s: (date, count) => padded(date.getSeconds(), count),
  S: (date, count) => padded(date.getMilliseconds(), count),
  z: (date, count) => zoneName(date, count < 4 ? 'short' : 'long'),
  Z: (date) => offset(date, ''),
  X: (date, count) => isoOffset(date, count),
}

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const DAY_MS = 86_400_000

const padded = (number: number, width: number): string => String(number).padStart(width, '0')
const shortened = (name: string, count: number): string => (count < 4 ? name.slice(0, 3) : name)

/** Two letters mean two digits. */
const year = (number: number, count: number): string => (count === 2 ? padded(number % 100, 2) : padded(number, count))

const month = (date: Date, count: number): string =>
  count < 3 ? padded(date.getMonth() + 1, count) : shortened(MONTHS[date.getMonth()]!, count)

/** Days since 1970 of the date as the local calendar has it: no hour is missing or double in between. */
const calendarDay = (date: Date): number => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / DAY_MS

const dayOfYear = (date: Date): number => calendarDay(date) - Date.UTC(date.getFullYear(), 0, 1) / DAY_MS + 1

/** Weeks begin on Sunday, and the first day of a year or month is in the first. `day` counts from 1. */
const weekOf = (day: number, date: Date): number => Math.ceil((day + 6 - date.getDay()) / 7)

/** The last days of a year are in the first week of the next when that begins before the week ends. */
const weekYear = (date: Date): number => (isInNextYear(date) ? date.getFullYear() + 1 : date.getFullYear())
const weekOfYear = (date: Date): number => (isInNextYear(date) ? 1 : weekOf(dayOfYear(date), date))
const isInNextYear = (date: Date): boolean => date.getMonth() === 11 && date.getDate() + 6 - date.getDay() > 31

/** Each English knows the letters of its own zones, CET or EST, and has GMT+1 for the others. */
const ENGLISHES = ['en-GB', 'en-US', 'en-CA', 'en-AU', 'en-IN']

function zoneName(date: Date, timeZoneName: 'short' | 'long'): string {
  const names = ENGLISHES.map(
    (english) =>
      new Intl.DateTimeFormat(english, { timeZoneName })
        .formatToParts(date)
        .find(({ type }) => type === 'timeZoneName')!.value,
  )
  return names.find((name) => !/[+-]/.test(name)) ?? names[0]!
}

function offset(date: Date, colon: string): string {
  const minutes = -date.getTimezoneOffset()
  const [hour, minute] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  return `${minutes < 0 ? '-' : '+'}${padded(hour, 2)}${colon}${padded(minute, 2)}`
}

function isoOffset(date: Date, count: number): string {
  if (date.getTimezoneOffset() === 0) return 'Z'
  return count === 1 ? offset(date, '').slice(0, 3) : offset(date, count === 3 ? ':' : '')
}
