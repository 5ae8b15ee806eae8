import { asKafkaError } from '../client/admin/item-error.ts'
import { listOffsets } from '../client/admin/list-offsets.ts'
import {
  DirectAssignment,
  LATEST,
  type ConsumerParts,
  type PartitionState,
  type RecordSink,
} from '../client/consumer/index.ts'
import { partitionName } from '../client/topic-partition.ts'
import { OFFSET_SPECS } from '../protocol/apis/list-offsets.ts'
import type { Selection } from './extents.ts'
import { keepRecord, type KeptRecord } from './kept-record.ts'
import type { RecordFilter } from './record-filter.ts'
import { readAll, Scan, type ScanParts } from './scan.ts'

export interface LastReading extends Selection {
  readonly count: number
  /** Without it all records count. */
  readonly filter: RecordFilter | undefined
  /** See RecordSink. */
  readonly awaits?: RecordSink['awaits']
}

/**
 * The newest records of all partitions together, oldest first. Throws KafkaError, for a topic that is not there among
 * others; nothing is found when the signal is raised.
 */
export async function readLast(
  parts: ScanParts,
  { count, filter, awaits, ...selection }: LastReading,
): Promise<KeptRecord[]> {
  const ends = await findEnds(parts, selection)
  const starts = await listOffsets(
    parts.client,
    ends.map(({ topic, partition }) => ({ topic, partition, timestamp: OFFSET_SPECS.earliest.timestamp })),
  )
  const spans = ends.map(({ topic, partition, endOffset }, index) => {
    const { error, offset } = starts[index]!
    if (error) throw asKafkaError(error, `Cannot read ${partitionName({ topic, partition })}`)
    return { topic, partition, from: offset, to: endOffset! }
  })
  const scan = new Scan(parts, { order: 'newest', spans, limit: count, filter, awaits, keep: keepRecord })
  return (await scan.next()).reverse()
}

/** The partitions that are meant, with the ends of what can be read of them. */
async function findEnds(parts: ScanParts, selection: Selection): Promise<PartitionState[]> {
  let reader: ConsumerParts['reader'] | undefined
  await readAll(parts, { batch() {}, record() {}, endBatch() {}, ready: () => undefined }, (consumer) => {
    reader = consumer.reader
    return new DirectAssignment(consumer, { ...selection, start: LATEST, end: LATEST, autoOffsetReset: 'latest' })
  })
  // The signal may have come before all ends were known.
  return [...reader!.partitions()].filter(({ endOffset }) => endOffset !== undefined)
}
