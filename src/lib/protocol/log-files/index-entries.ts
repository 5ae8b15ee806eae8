/**
 * An entry of an `.index`: the last offset of an append, relative to the segment's base offset (int32), and the
 * position of its first byte (int32).
 */
export const OFFSET_ENTRY_BYTES = 8

export interface OffsetEntry {
  readonly offset: bigint
  readonly position: number
}

export const readOffsetEntry = (buffer: Buffer, at: number, baseOffset: bigint): OffsetEntry => ({
  offset: baseOffset + BigInt(buffer.readInt32BE(at)),
  position: buffer.readInt32BE(at + 4),
})

/**
 * An entry of a `.timeindex`: the largest timestamp so far (int64) and the last offset of its batch, relative to the
 * base offset (int32).
 */
export const TIME_ENTRY_BYTES = 12

/** The largest timestamp up to some point, and the last offset of the batch that holds it. */
export interface TimeEntry {
  readonly timestamp: bigint
  readonly offset: bigint
}

export const readTimeEntry = (buffer: Buffer, at: number, baseOffset: bigint): TimeEntry => ({
  timestamp: buffer.readBigInt64BE(at),
  offset: baseOffset + BigInt(buffer.readInt32BE(at + 8)),
})
