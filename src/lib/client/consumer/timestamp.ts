import type { BatchHeader, RecordReader } from '../../protocol/records/index.ts'

/** Milliseconds since the epoch: the batch's own moment where the broker set the time, the record's where its producer did. */
export function timestampOf(record: RecordReader, header: BatchHeader): number {
  return header.isLogAppendTime ? Number(header.maxTimestamp) : Number(header.baseTimestamp) + record.timestampDelta
}
