import type { BatchHeader, RecordReader } from '../../../lib/protocol/records/index.ts'
import type { PartitionState } from '../../../lib/client/consumer/index.ts'
import type { Output } from '../output.ts'

/** What the records of a batch have in common. */
export interface BatchView {
  readonly partition: PartitionState
  readonly header: BatchHeader
}

/**
 * Writes records to the output, one at a time. Throws UserError for a record that it cannot show; what it wrote before
 * that stays.
 */
export interface Formatter {
  write(record: RecordReader, batch: BatchView, output: Output): void
  /** Called after the last record of a batch, before its memory goes. */
  endBatch?(output: Output): void
}

/** The offset in decimal: offsets may be larger than what a number holds exactly. */
export function offsetOf(record: RecordReader, { header }: BatchView): string {
  const offset = Number(header.baseOffset) + record.offsetDelta
  return Number.isSafeInteger(offset) ? String(offset) : String(header.baseOffset + BigInt(record.offsetDelta))
}
