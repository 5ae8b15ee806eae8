import {
  timestampOf,
  WindowAssignment,
  type Assignment,
  type ConsumerParts,
  type PartitionState,
  type RecordSink,
} from '../client/consumer/index.ts'
import { partitionName } from '../client/topic-partition.ts'
import type { BatchHeader, RecordReader } from '../protocol/records/index.ts'
import { Reading, type ReadingParts } from '../work/reading.ts'
import type { BatchView } from './batch-view.ts'
import { firstOf, Front, type Found, type Order, type Span } from './fronts.ts'
import { namingRecords, type RecordFilter } from './record-filter.ts'

/** With what records are read. */
export type ScanParts = Omit<ReadingParts, 'assign' | 'waitsForTopics'>

export interface Scanning<R> {
  readonly order: Order
  readonly spans: readonly Span[]
  /** How many records are handed out at a time, at most. */
  readonly limit: number
  /** Without it all records are found. */
  readonly filter?: RecordFilter | undefined
  /** See RecordSink. */
  readonly awaits?: RecordSink['awaits']
  /** Makes of a record what outlives its batch. */
  keep(this: void, record: RecordReader, batch: BatchView): R
  /** Called now and then while records are read. */
  onProgress?(): void
}

/**
 * Looks through partitions from one end to the other, in windows that grow, and only as far as it has to. Throws
 * KafkaError, for a topic that is not there among others.
 */
export class Scan<R> {
  /** Records that have been looked at, some of them more than once. */
  seen = 0
  /** The same in the windows that are being read. */
  private seenInWindows = 0
  private readonly total: bigint
  private readonly fronts: readonly Front<R>[]

  constructor(
    private readonly parts: ScanParts,
    private readonly scanning: Scanning<R>,
  ) {
    const { spans, limit, order } = scanning
    const firstWindow = Math.ceil((2 * limit) / Math.max(spans.length, 1))
    this.total = lengthOf(spans)
    this.fronts = spans.map((span) => new Front<R>(order, span, firstWindow))
  }

  /** The next records in the order of the scan; fewer than the limit at the end, and none once the signal is raised. */
  async next(): Promise<R[]> {
    const records: R[] = []
    const { order, limit } = this.scanning
    while (records.length < limit) {
      const { front, unread } = firstOf(this.fronts, order)
      if (unread.length > 0) await this.readOn(unread)
      else if (front) records.push(front.take())
      else break
      if (this.parts.context.signal.aborted) return []
    }
    return records
  }

  /** What has not been handed out. */
  get left(): readonly Span[] {
    return this.fronts.map(({ left }) => left).filter(({ from, to }) => from < to)
  }

  /** Offsets that have been looked at, of those that there are. */
  get covered(): { readonly offsets: bigint; readonly total: bigint } {
    const { total, seenInWindows } = this
    const offsets = total - lengthOf(this.fronts.map(({ rest }) => rest)) + BigInt(seenInWindows)
    return { offsets: offsets < total ? offsets : total, total }
  }

  private async readOn(fronts: readonly Front<R>[]): Promise<void> {
    const { limit, order } = this.scanning
    const shelves = new Map(fronts.map(({ partition }) => [partitionName(partition), new Shelf<R>(order, limit)]))
    const windows = fronts.map(({ window }) => window)
    const sink = new Keeper(shelves, this.scanning, () => {
      this.seen += 1
      this.seenInWindows += 1
    })
    await readAll(this.parts, sink, (parts) => new WindowAssignment(parts, windows), this.scanning.onProgress)
    this.seenInWindows = 0
    if (this.parts.context.signal.aborted) return
    for (const front of fronts) {
      const shelf = shelves.get(partitionName(front.partition))!
      front.advance(shelf.found, shelf.isCut)
    }
  }
}

const lengthOf = (spans: readonly Span[]): bigint => spans.reduce((sum, { from, to }) => sum + to - from, 0n)

/** Reads to the end of what is assigned, or until the signal. */
export async function readAll(
  parts: ScanParts,
  sink: RecordSink,
  assign: (parts: ConsumerParts) => Assignment,
  onProgress?: () => void,
): Promise<void> {
  const reading = new Reading({ ...parts, assign, waitsForTopics: false }, sink)
  try {
    await reading.run({ onDelivered: () => onProgress?.() })
  } finally {
    await reading.close(true)
  }
}

/** What is kept of one window: the first so many in the order of the scan. */
class Shelf<R> {
  isCut = false
  private kept: Found<R>[] = []

  constructor(
    private readonly order: Order,
    private readonly most: number,
  ) {}

  get isFull(): boolean {
    return this.order === 'oldest' && this.kept.length >= this.most
  }

  add(found: Found<R>): void {
    this.kept.push(found)
    if (this.order === 'newest' && this.kept.length >= 2 * this.most) this.cut()
  }

  /** By ascending offsets. */
  get found(): readonly Found<R>[] {
    this.cut()
    return this.kept
  }

  private cut(): void {
    if (this.kept.length <= this.most) return
    this.isCut = true
    this.kept = this.kept.slice(-this.most)
  }
}

/** Keeps the records of partitions apart. */
class Keeper<R> implements RecordSink {
  readonly wants: (record: RecordReader) => boolean
  readonly awaits: RecordSink['awaits']
  private view!: BatchView
  private shelf!: Shelf<R>

  constructor(
    private readonly shelves: ReadonlyMap<string, Shelf<R>>,
    private readonly scanning: Pick<Scanning<R>, 'filter' | 'awaits' | 'keep'>,
    onSeen: () => void,
  ) {
    this.awaits = scanning.awaits
    const filter = namingRecords(scanning.filter, () => this.view)
    this.wants = (record) => {
      onSeen()
      return !filter || filter(record)
    }
  }

  batch(partition: PartitionState, header: BatchHeader): void {
    this.view = { partition, header }
    this.shelf = this.shelves.get(partition.key)!
  }

  record(record: RecordReader): void {
    const { header } = this.view
    if (this.shelf.isFull) {
      this.shelf.isCut = true
      return
    }
    this.shelf.add({
      offset: header.baseOffset + BigInt(record.offsetDelta),
      timestampMs: timestampOf(record, header),
      record: this.scanning.keep(record, this.view),
    })
  }

  endBatch(): void {}

  ready(): undefined {}

  /** What is kept of a record outlives its batch. */
  whenUnread(then: () => void): void {
    then()
  }
}
