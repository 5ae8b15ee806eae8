import { asKafkaError } from '../../../lib/client/admin/item-error.ts'
import { listOffsets } from '../../../lib/client/admin/list-offsets.ts'
import { OFFSET_SPECS } from '../../../lib/protocol/apis/list-offsets.ts'
import {
  DirectAssignment,
  LATEST,
  WindowAssignment,
  type Assignment,
  type ConsumerParts,
  type ConsumerSettings,
  type PartitionState,
  type RecordSink,
  type Subscription,
} from '../../../lib/client/consumer/index.ts'
import type { BatchHeader, RecordReader } from '../../../lib/protocol/records/index.ts'
import { partitionName } from '../../../lib/client/topic-partition.ts'
import type { KafkaClient } from '../../../lib/client/types.ts'
import type { Context } from '../../../lib/command/define.ts'
import type { Voice } from '../../../lib/output/voice.ts'
import { Reading } from '../../../lib/work/reading.ts'
import { namingRecords, type RecordFilter } from '../filter.ts'
import type { BatchView } from '../formatters/index.ts'
import { keepRecord, type KeptRecord } from './kept-record.ts'
import { mergeBackwards, Tail } from './tails.ts'

export interface LastReading {
  readonly client: KafkaClient
  readonly voice: Voice
  readonly settings: ConsumerSettings
  readonly subscription: Subscription
  /** All of them when undefined. */
  readonly partitions: ReadonlySet<number> | undefined
  readonly count: number
  /** Without it all records count. */
  readonly filter: RecordFilter | undefined
}

/**
 * The newest records of all partitions together, oldest first. Reads each partition backwards, in windows that grow,
 * and only as far as it has to. Throws KafkaError, for a topic that is not there among others; nothing is found when
 * the signal is raised.
 */
export async function readLast(reading: LastReading, context: Context): Promise<KeptRecord[]> {
  const ends = await findEnds(reading, context)
  const starts = await listOffsets(
    reading.client,
    ends.map(({ topic, partition }) => ({ topic, partition, timestamp: OFFSET_SPECS.earliest.timestamp })),
  )
  const firstWindow = Math.ceil((2 * reading.count) / Math.max(ends.length, 1))
  const tails = ends.map(({ topic, partition, endOffset }, index) => {
    const { error, offset } = starts[index]!
    if (error) throw asKafkaError(error, `Cannot read ${partitionName({ topic, partition })}`)
    return new Tail({ topic, partition }, offset, endOffset!, firstWindow)
  })
  for (;;) {
    const { records, unread } = mergeBackwards(tails, reading.count)
    if (context.signal.aborted) return []
    if (unread.length === 0) return records.reverse()
    await readWindows(unread, reading, context)
  }
}

/** The partitions that are meant, with the ends of what can be read of them. */
async function findEnds(last: LastReading, context: Context): Promise<PartitionState[]> {
  let reader: ConsumerParts['reader'] | undefined
  await readAll(last, context, { batch() {}, record() {}, endBatch() {}, ready: () => undefined }, (parts) => {
    reader = parts.reader
    return new DirectAssignment(parts, {
      subscription: last.subscription,
      partitions: last.partitions,
      start: LATEST,
      end: LATEST,
      autoOffsetReset: 'latest',
    })
  })
  // The signal may have come before all ends were known.
  return [...reader!.partitions()].filter(({ endOffset }) => endOffset !== undefined)
}

async function readWindows(tails: readonly Tail[], reading: LastReading, context: Context): Promise<void> {
  const found = new Map(tails.map(({ partition }) => [partitionName(partition), new Ring(reading.count)]))
  const windows = tails.map(({ partition, nextFrom, from }) => ({ ...partition, from: nextFrom, to: from }))
  await readAll(reading, context, new Keeper(found, reading.filter), (parts) => new WindowAssignment(parts, windows))
  for (const tail of tails) tail.prepend(found.get(partitionName(tail.partition))!.records(), reading.count)
}

/** Reads to the end of what is assigned, or until the signal. */
async function readAll(
  { client, settings, voice }: LastReading,
  context: Context,
  sink: RecordSink,
  assign: (parts: ConsumerParts) => Assignment,
): Promise<void> {
  const reading = new Reading({ client, settings, voice, context, assign, waitsForTopics: false }, sink)
  try {
    await reading.run()
  } finally {
    await reading.close(true)
  }
}

/** The last so many of what is added. */
class Ring {
  private kept: KeptRecord[] = []

  constructor(private readonly most: number) {}

  add(record: KeptRecord): void {
    this.kept.push(record)
    if (this.kept.length >= 2 * this.most) this.kept = this.records()
  }

  records(): KeptRecord[] {
    return this.kept.slice(-this.most)
  }
}

/** Keeps records of partitions apart. */
class Keeper implements RecordSink {
  readonly wants: RecordFilter | undefined
  private view!: BatchView
  private ring!: Ring

  constructor(
    private readonly rings: ReadonlyMap<string, Ring>,
    filter: RecordFilter | undefined,
  ) {
    this.wants = namingRecords(filter, () => this.view)
  }

  batch(partition: PartitionState, header: BatchHeader): void {
    this.view = { partition, header }
    this.ring = this.rings.get(partition.key)!
  }

  record(record: RecordReader): void {
    this.ring.add(keepRecord(record, this.view))
  }

  endBatch(): void {}

  ready(): undefined {}
}
