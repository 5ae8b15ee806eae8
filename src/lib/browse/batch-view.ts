import type { PartitionState } from '../client/consumer/index.ts'
import type { BatchHeader, RecordReader } from '../protocol/records/index.ts'

/** What the records of a batch have in common. */
export interface BatchView {
  readonly partition: PartitionState
  readonly header: BatchHeader
}

/** The offset in decimal: offsets may be larger than what a number holds exactly. */
export function offsetOf(record: RecordReader, { header }: BatchView): string {
  const offset = Number(header.baseOffset) + record.offsetDelta
  return Number.isSafeInteger(offset) ? String(offset) : String(header.baseOffset + BigInt(record.offsetDelta))
}
