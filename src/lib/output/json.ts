import { isUtf8 } from 'node:buffer'

/**
 * Data as one JSON document: bigints as numbers where a double holds them exactly, as strings beyond, maps as
 * objects and sets as lists.
 */
export function toJson(data: unknown, options: { pretty?: boolean } = {}): string {
  return JSON.stringify(data ?? null, plain, options.pretty ? 2 : undefined)
}

/**
 * Bytes as one JSON value: a string where they are valid UTF-8, `{"base64": "…"}` otherwise, null for none. Nothing is
 * lost.
 */
export function bytesToJson(bytes: Buffer | null): string {
  if (bytes === null) return 'null'
  return isUtf8(bytes) ? JSON.stringify(bytes.toString('utf8')) : `{"base64":"${bytes.toString('base64')}"}`
}

/** A list as one document a line; anything else as a single line. */
export function toNdjson(data: unknown): string {
  return (Array.isArray(data) ? data : [data]).map((item) => `${toJson(item)}\n`).join('')
}

function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString()
  if (value instanceof Map) return Object.fromEntries(value)
  if (value instanceof Set) return [...value]
  return value
}
