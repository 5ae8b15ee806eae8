import type { RecordReader } from '../../../lib/protocol/records/index.ts'
import type { RecordSink } from '../../../lib/client/consumer/index.ts'
import { partitionName, type TopicPartition } from '../../../lib/client/topic-partition.ts'
import type { Clock } from '../../../lib/clock.ts'

/** Where the counting stands at the end of an interval. */
export interface Interval {
  readonly startMs: number
  readonly endMs: number
  /** Since the start of the run. */
  readonly records: number
  /** Keys and values. */
  readonly bytes: number
  readonly intervalRecords: number
  readonly intervalBytes: number
}

/** Counts records and the bytes of their keys and values. */
export class RecordCounter implements RecordSink {
  records = 0
  bytes = 0
  private intervalStartMs: number
  private recordsBefore = 0
  private bytesBefore = 0
  /** The next record ends an interval. */
  private isDue = false
  /** When the last batch was there. */
  lastMs: number

  /** `onInterval` is called with the first record after the end of an interval, as Apache's tool does. */
  constructor(
    private readonly clock: Clock,
    private readonly intervalMs: number,
    private readonly onInterval: (interval: Interval) => void,
  ) {
    this.lastMs = this.intervalStartMs = clock.now()
  }

  batch(): void {
    this.lastMs = this.clock.now()
    this.isDue = this.lastMs - this.intervalStartMs >= this.intervalMs
  }

  record({ keyLength, valueLength }: RecordReader): void {
    this.records += 1
    if (keyLength > 0) this.bytes += keyLength
    if (valueLength > 0) this.bytes += valueLength
    if (this.isDue) this.endInterval()
  }

  private endInterval(): void {
    const { records, bytes } = this
    this.onInterval({
      startMs: this.intervalStartMs,
      endMs: this.lastMs,
      records,
      bytes,
      intervalRecords: records - this.recordsBefore,
      intervalBytes: bytes - this.bytesBefore,
    })
    this.isDue = false
    this.intervalStartMs = this.lastMs
    this.recordsBefore = records
    this.bytesBefore = bytes
  }

  endBatch(): void {}

  ready(): undefined {}
}

/** How long a consumer has been without any partition, waiting for its group (ConsumerPerfRebListener). */
export class RebalanceTimer {
  totalMs = 0
  /** How often partitions have been given out. */
  count = 0
  private intervalMs = 0
  private readonly owned = new Set<string>()

  constructor(
    private readonly clock: Clock,
    private sinceMs: number,
  ) {}

  assigned(partitions: readonly TopicPartition[]): void {
    this.count += 1
    if (this.owned.size === 0) {
      const elapsedMs = this.clock.now() - this.sinceMs
      this.totalMs += elapsedMs
      this.intervalMs += elapsedMs
    }
    for (const { topic, partition } of partitions) this.owned.add(partitionName({ topic, partition }))
  }

  revoked(partitions: readonly TopicPartition[]): void {
    for (const { topic, partition } of partitions) this.owned.delete(partitionName({ topic, partition }))
    if (this.owned.size === 0) this.sinceMs = this.clock.now()
  }

  /** What has been added since the last call. */
  takeIntervalMs(): number {
    const { intervalMs } = this
    this.intervalMs = 0
    return intervalMs
  }
}
