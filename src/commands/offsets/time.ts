import { OFFSET_SPECS, type OffsetSpec } from '../../lib/client/admin/list-offsets.ts'
import { UserError } from '../../lib/errors.ts'

const WORDS = Object.keys(OFFSET_SPECS) as OffsetSpec[]
const MAX_TIMESTAMP = 2n ** 63n - 1n
const ISO_8601 = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)?)?$/

/**
 * The timestamp for ListOffsets behind `--time`: a word such as `earliest`, its number, or milliseconds since the epoch;
 * with `isoDates` a date as in ISO 8601 as well. Throws UserError.
 */
export function parseTime(text: string, isoDates: boolean): bigint {
  const word = WORDS.find((known) => known === text)
  if (word) return OFFSET_SPECS[word].timestamp
  const date = isoDates && ISO_8601.test(text) ? Date.parse(text) : NaN
  if (!Number.isNaN(date)) return BigInt(date)
  const timestamp = /^[+-]?\d+$/.test(text) ? BigInt(text.replace('+', '')) : undefined
  if (timestamp !== undefined && timestamp <= MAX_TIMESTAMP && (timestamp >= 0n || isSpec(timestamp))) return timestamp
  const words = WORDS.map((known) => `${known} (${OFFSET_SPECS[known].timestamp})`).join(', ')
  const dates = isoDates ? ', nor a date such as 2026-01-31T12:00:00Z' : ''
  throw new UserError(`--time ${text} is neither ${words}, nor milliseconds since 1970${dates}`)
}

const isSpec = (timestamp: bigint): boolean => WORDS.some((word) => OFFSET_SPECS[word].timestamp === timestamp)
