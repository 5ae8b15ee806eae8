import { createTimeOf, type BatchHeader, type RecordReader } from '../../protocol/records/index.ts'

/**
 * Milliseconds since the epoch: the batch's own moment where the broker set the time, the record's where its producer
 * did. A bigint where a number does not hold them.
 */
export function timestampOf(
  record: Pick<RecordReader, 'timestampDelta' | 'bigTimestampDelta'>,
  header: BatchHeader,
): number | bigint {
  if (header.isLogAppendTime) return plain(header.maxTimestamp)
  const base = Number(header.baseTimestamp)
  const timestamp = base + record.timestampDelta
  if (Number.isSafeInteger(base) && Number.isSafeInteger(timestamp) && record.bigTimestampDelta === null)
    return timestamp
  return plain(createTimeOf(record, header))
}

const plain = (timestamp: bigint): number | bigint =>
  Number.isSafeInteger(Number(timestamp)) ? Number(timestamp) : timestamp
