import { OFFSET_SPECS, type OffsetSpec } from '../../lib/protocol/apis/list-offsets.ts'
import { readMoment } from '../../lib/config/moment.ts'
import { UserError } from '../../lib/errors.ts'
import { suggest } from '../../lib/suggest.ts'

const WORDS = Object.keys(OFFSET_SPECS) as OffsetSpec[]
const MAX_TIMESTAMP = 2n ** 63n - 1n

/**
 * The timestamp for ListOffsets that `--time` names: a word such as `earliest`, its number, or milliseconds since the
 * epoch; with `nowMs` a moment as people write it (see readMoment). Throws UserError.
 */
export function parseTime(text: string, nowMs?: number): bigint {
  const word = WORDS.find((known) => known === text)
  if (word) return OFFSET_SPECS[word].timestamp
  const number = /^[+-]?\d+$/.test(text) ? BigInt(text.replace('+', '')) : undefined
  if (number !== undefined && isSpec(number)) return number
  if (nowMs !== undefined) return BigInt(readMoment('time', wordOr(text), nowMs))
  if (number !== undefined && number <= MAX_TIMESTAMP && number >= 0n) return number
  const words = WORDS.map((known) => `${known} (${OFFSET_SPECS[known].timestamp})`).join(', ')
  throw new UserError(`--time ${text} is neither ${words}, nor milliseconds since 1970`)
}

/** Throws UserError for what is nearly one of the words. */
function wordOr(text: string): string {
  const meant = /^[a-z-]+$/i.test(text) ? suggest(text, WORDS) : undefined
  if (meant === undefined) return text
  throw new UserError(`--time ${text}: did you mean ${meant}?`)
}

const isSpec = (timestamp: bigint): boolean => WORDS.some((word) => OFFSET_SPECS[word].timestamp === timestamp)
