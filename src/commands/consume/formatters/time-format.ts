export const TIME_FORMATS = ['iso', 'local', 'epoch'] as const

/** How a timestamp is written, milliseconds since 1970. */
export type TimeFormat = (timestampMs: number | bigint) => string

/** What lies beyond the years that Date knows, and the -1 of a record without a timestamp, stay numbers. */
export function timeFormat(name: (typeof TIME_FORMATS)[number]): TimeFormat {
  const write = { iso, local, epoch: String }[name]
  return (timestampMs) =>
    Number(timestampMs) < 0 || Number(timestampMs) > 8.64e15 ? String(timestampMs) : write(Number(timestampMs))
}

const iso = (ms: number): string => new Date(ms).toISOString()

function local(ms: number): string {
  const date = new Date(ms)
  return new Date(
    Date.UTC(
      date.getFullYear(),
      date.getMonth(),
      date.getDate(),
      date.getHours(),
      date.getMinutes(),
      date.getSeconds(),
      date.getMilliseconds(),
    ),
  )
    .toISOString()
    .replace('T', ' ')
    .replace('Z', '')
}
