import type { Content, Long } from '../lib/web/wire.ts'

/** Digits in groups of three, however many: no number is made of them. */
export const grouped = (digits: Long | number | null | undefined): string =>
  digits === null || digits === undefined ? '–' : String(digits).replace(/\B(?=(\d{3})+(?!\d))/g, ' ')

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

export function bytes(digits: Long | number | null): string {
  if (digits === null) return '–'
  let [size, unit] = [Number(digits), 0]
  while (size >= 1024 && unit < UNITS.length - 1) [size, unit] = [size / 1024, unit + 1]
  return `${unit === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${UNITS[unit]}`
}

/** Milliseconds since 1970 as a local time; the digits themselves where they are no date. */
export function time(digits: Long): string {
  const date = new Date(Number(digits))
  if (Number.isNaN(date.getTime())) return digits
  const part = (value: number, width = 2): string => String(value).padStart(width, '0')
  const day = `${part(date.getFullYear(), 4)}-${part(date.getMonth() + 1)}-${part(date.getDate())}`
  return `${day} ${part(date.getHours())}:${part(date.getMinutes())}:${part(date.getSeconds())}.${part(date.getMilliseconds(), 3)}`
}

export function duration(seconds: number | null): string {
  if (seconds === null) return '–'
  if (seconds < 60) return `${Math.ceil(seconds)} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`
}

export const rate = (perSecond: number | null): string =>
  perSecond === null ? '–' : `${perSecond < 10 ? perSecond.toFixed(1) : grouped(Math.round(perSecond))}/s`

export const count = (many: number, one: string, more = `${one}s`): string =>
  `${grouped(many)} ${many === 1 ? one : more}`

/** What can be seen of bytes in one line. */
export function inLine(content: Content | null): string {
  if (content === null) return 'null'
  if (content.isHidden) return `hidden, ${bytes(content.size)}`
  const text = content.text ?? `base64:${content.base64 ?? ''}`
  return visible(text.length > 300 ? `${text.slice(0, 300)}…` : text)
}

/** Controls, marks of direction and lone surrogates as signs that can be seen. */
export const visible = (text: string): string =>
  text.replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, (character) => {
    const code = character.charCodeAt(0)
    if (code < 0x20) return String.fromCharCode(0x2400 + code)
    return `\\u${code.toString(16).padStart(4, '0')}`
  })

/** The same for a block of text, which keeps its lines and tabs. */
export const visibleLines = (text: string): string => text.replace(/[^\n\t]+/g, (line) => visible(line))
