import type { BatchView } from '../../../lib/browse/batch-view.ts'
import type { RecordReader } from '../../../lib/protocol/records/index.ts'
import type { Output } from '../output.ts'

/**
 * Writes records to the output, one at a time. Throws UserError for a record that it cannot show; what it wrote before
 * that stays.
 */
export interface Formatter {
  write(record: RecordReader, batch: BatchView, output: Output): void
  /** Called after the last record of a batch, before its memory goes. */
  endBatch?(output: Output): void
}
