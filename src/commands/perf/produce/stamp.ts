/**
 * What the acknowledgement of a record has to know of it, in the one number that a producer keeps for each record: when
 * it was handed over, how long it is, and whether it belongs to the steady state. Bounds: 53 bits, and a sign.
 */
const LENGTHS = 2 ** 29
/** Times are counted round this circle of four hours and a half; no record is under way for so long. */
const CIRCLE_MS = 2 ** 24

/** The longest payload that a stamp can tell. */
export const MAX_LENGTH = LENGTHS - 1

export function stamp(sentMs: number, length: number, isSteady: boolean): number {
  const facts = (sentMs % CIRCLE_MS) * LENGTHS + length
  return isSteady ? -1 - facts : facts
}

export const isSteady = (stamped: number): boolean => stamped < 0

export const lengthOf = (stamped: number): number => facts(stamped) % LENGTHS

/** How long ago, in milliseconds, the record was handed over. */
export function latencyOf(stamped: number, nowMs: number): number {
  return ((nowMs % CIRCLE_MS) - Math.floor(facts(stamped) / LENGTHS) + CIRCLE_MS) % CIRCLE_MS
}

const facts = (stamped: number): number => (stamped < 0 ? -1 - stamped : stamped)
