import { KafkaError } from '../../errors.ts'
import { readBatchHeader, readEndMarker } from '../../protocol/records/index.ts'
import type { PreparedBatch } from './prepare.ts'
import { MAX_RELATIVE_OFFSET, NOTHING_UPCOMING, type Upcoming, withBatch } from './roll.ts'
import { checkCrc, isWholeBatch, withRecords } from './validate.ts'

/** A batch as the leader has it, and where it lies in what was sent. */
export interface ReplicatedBatch extends PreparedBatch {
  readonly at: number
}

/**
 * The whole batches that a leader has sent (UnifiedLog.appendAsFollower), for a log that ends at `logEndOffset`: the
 * leader has checked their records. Throws KafkaError CORRUPT_MESSAGE, INVALID_RECORD, and OFFSET_OUT_OF_RANGE for
 * offsets that the log has, or that are too far behind its end for a segment. Those that the leader has compacted away
 * are missing.
 */
export function replicatedBatches(records: Buffer, log: string, logEndOffset: bigint): ReplicatedBatch[] {
  const batches: ReplicatedBatch[] = []
  let endOffset = logEndOffset
  for (let at = 0; isWholeBatch(records, at, log); ) {
    const header = readBatchHeader(records, at)
    checkCrc(records, at, header, log)
    const { baseOffset, lastOffset, sizeInBytes } = header
    if (baseOffset < endOffset || lastOffset < baseOffset || lastOffset - endOffset > MAX_RELATIVE_OFFSET) {
      throw new KafkaError(
        'OFFSET_OUT_OF_RANGE',
        `the leader of ${log} has sent offsets ${baseOffset} to ${lastOffset} where ${endOffset} comes next`,
      )
    }
    batches.push({ header, at, marker: withRecords(log, () => readEndMarker(records, at, header)) })
    endOffset = lastOffset + 1n
    at += sizeInBytes
  }
  return batches
}

/**
 * The batches that are written in one go: those of one leader epoch, up to where a leader begins a new segment, or a
 * transaction ends that was rolled back, since what it holds has to be known before. Each run is written before the
 * next one is asked for.
 */
export function* runsOf(
  batches: readonly ReplicatedBatch[],
  shouldRoll: (upcoming: Upcoming) => boolean,
): Generator<ReplicatedBatch[]> {
  let run: ReplicatedBatch[] = []
  let upcoming = NOTHING_UPCOMING
  for (const batch of batches) {
    const { header, marker } = batch
    upcoming = withBatch(upcoming, header)
    const isNewEpoch = header.partitionLeaderEpoch !== (run[0]?.header ?? header).partitionLeaderEpoch
    if (run.length > 0 && (isNewEpoch || marker?.committed === false || shouldRoll(upcoming))) {
      yield run
      run = []
      upcoming = withBatch(NOTHING_UPCOMING, header)
    }
    run.push(batch)
  }
  if (run.length > 0) yield run
}
