import { OFFSET_SPECS, type OffsetSpec } from '../../lib/client/admin/list-offsets.ts'
import { MOMENTS, parseMoment } from '../../lib/config/moment.ts'
import { UserError } from '../../lib/errors.ts'

const WORDS = Object.keys(OFFSET_SPECS) as OffsetSpec[]
const MAX_TIMESTAMP = 2n ** 63n - 1n

/**
 * The timestamp for ListOffsets behind `--time`: a word such as `earliest`, its number, or milliseconds since the epoch;
 * with `nowMs` a moment as people write it as well (see parseMoment). Throws UserError.
 */
export function parseTime(text: string, nowMs?: number): bigint {
  const word = WORDS.find((known) => known === text)
  if (word) return OFFSET_SPECS[word].timestamp
  const moment = nowMs === undefined ? undefined : parseMoment(text, nowMs)
  if (moment !== undefined) return BigInt(moment)
  const timestamp = /^[+-]?\d+$/.test(text) ? BigInt(text.replace('+', '')) : undefined
  if (timestamp !== undefined && timestamp <= MAX_TIMESTAMP && (timestamp >= 0n || isSpec(timestamp))) return timestamp
  const words = WORDS.map((known) => `${known} (${OFFSET_SPECS[known].timestamp})`).join(', ')
  throw new UserError(`--time ${text} is neither ${words}, nor ${nowMs === undefined ? 'milliseconds since 1970' : `a time such as ${MOMENTS}`}`)
}

const isSpec = (timestamp: bigint): boolean => WORDS.some((word) => OFFSET_SPECS[word].timestamp === timestamp)
