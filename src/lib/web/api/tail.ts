import {
  DirectAssignment,
  LATEST,
  topicsNamed,
  type PartitionState,
  type RecordSink,
  type Start,
} from '../../client/consumer/index.ts'
import type { BatchView } from '../../browse/batch-view.ts'
import type { Timer } from '../../clock.ts'
import { isExpected } from '../../errors.ts'
import type { BatchHeader, RecordReader } from '../../protocol/records/index.ts'
import { Reading } from '../../work/reading.ts'
import { scanParts, type PageCluster } from '../cluster.ts'
import type { EventStream } from '../event-stream.ts'
import { problemOf } from '../problem.ts'
import { LIST_BYTES } from '../record-view.ts'
import { RecordViewer, type Kept } from '../record-viewer.ts'
import { extentsOf, type Place } from './places.ts'

/** How long records are gathered before they are sent. */
const GATHER_MS = 50
/** What a page gets at a time: of more the newest, and how many there were. */
const MOST_RECORDS = 500

export interface Tail {
  readonly place: Place
  readonly filter: string
  /** Where the page has stopped before, by partition; at the end where it has not. */
  readonly offsets: ReadonlyMap<number, bigint>
}

/**
 * Sends records as they are written, until the signal. The id of what is sent tells where to go on; a page that is slow
 * keeps the reading waiting, not the server's memory. Throws UserError and KafkaError before anything has been sent.
 */
export async function tail(
  cluster: PageCluster,
  { place, filter, offsets }: Tail,
  open: () => EventStream,
  signal: AbortSignal,
): Promise<void> {
  const viewer = new RecordViewer(cluster, LIST_BYTES)
  const looking = viewer.looking(filter)
  const extents = await extentsOf(cluster, place)
  const starts = new Map(extents.map(({ partition, to }) => [partition, offsets.get(partition) ?? to]))
  const stream = open()
  stream.send('ready', { partitions: extents.length }, placeId(starts))
  const sink = new TailSink(cluster, stream, starts, viewer, looking)
  const startOf = ({ partition }: { partition: number }): Start => {
    const offset = starts.get(partition)
    return offset === undefined ? LATEST : { offset }
  }
  const reading = new Reading(
    {
      ...scanParts(cluster, signal),
      voice: { say: (reason) => stream.send('waiting', { reason }) },
      onClear: () => stream.send('resumed', {}),
      assign: (parts) =>
        new DirectAssignment(parts, {
          subscription: topicsNamed([place.topic]),
          partitions: place.partitions,
          start: startOf,
          autoOffsetReset: 'latest',
        }),
    },
    sink,
  )
  try {
    await reading.run()
  } catch (error) {
    if (!isExpected(error)) throw error
    stream.send('problem', problemOf(error))
  } finally {
    await sink.close()
    await reading.close(true)
    stream.end()
  }
}

/** Gathers records for a moment; of more than a page can take the newest. */
class TailSink implements RecordSink {
  readonly wants: RecordSink['wants']
  readonly awaits: RecordSink['awaits']
  private view!: BatchView
  private records: Kept[] = []
  private passed = 0
  private timer: Timer | undefined
  /** What is being sent: records may wait for their schemas. */
  private sending: Promise<void> | undefined

  constructor(
    private readonly cluster: PageCluster,
    private readonly stream: EventStream,
    /** Where to go on, by partition. */
    private readonly offsets: Map<number, bigint>,
    private readonly viewer: RecordViewer,
    { wants, awaits }: Pick<RecordSink, 'wants' | 'awaits'>,
  ) {
    this.wants = wants
    this.awaits = awaits
  }

  batch(partition: PartitionState, header: BatchHeader): void {
    this.view = { partition, header }
  }

  record(record: RecordReader): void {
    this.records.push(this.viewer.keep(record, this.view))
    if (this.records.length < 2 * MOST_RECORDS) return
    this.passed += MOST_RECORDS
    this.records = this.records.slice(MOST_RECORDS)
  }

  endBatch(): void {
    const { partition, header } = this.view
    this.offsets.set(partition.partition, header.lastOffset + 1n)
    if (this.records.length > 0) this.timer ??= this.cluster.clock.after(GATHER_MS, () => this.flush())
  }

  ready(): Promise<void> | undefined {
    return this.sending ?? (this.stream.isFull ? this.stream.drained() : undefined)
  }

  /** What the viewer keeps of a record has memory of its own. */
  whenUnread(then: () => void): void {
    then()
  }

  async close(): Promise<void> {
    await this.sending?.catch(() => {})
    this.timer?.cancel()
    this.flush()
    await this.sending?.catch(() => {})
  }

  private flush(): void {
    this.timer = undefined
    if (this.records.length === 0 || this.sending) return
    const left = Math.max(this.records.length - MOST_RECORDS, 0)
    this.sending = this.send(this.records.slice(left), this.passed + left, placeId(this.offsets))
    // Whoever asks whether there is room for more hears of it.
    this.sending.catch(() => {})
    this.records = []
    this.passed = 0
  }

  private async send(records: readonly Kept[], passed: number, place: string): Promise<void> {
    this.stream.send('records', { records: await this.viewer.show(records), passed }, place)
    this.sending = undefined
    // What has come meanwhile.
    if (this.records.length > 0) this.timer ??= this.cluster.clock.after(GATHER_MS, () => this.flush())
  }
}

const placeId = (offsets: ReadonlyMap<number, bigint>): string =>
  [...offsets].map(([partition, offset]) => `${partition}=${offset}`).join(',')
