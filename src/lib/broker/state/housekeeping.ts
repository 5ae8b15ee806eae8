import { MetadataSnapshots, type MetadataSnapshotsOptions } from './metadata-snapshots.ts'
import type { Partition } from './partition.ts'
import { Sweep, type SweepOptions } from './sweep.ts'

export interface HousekeepingOptions extends MetadataSnapshotsOptions {
  readonly partitions: {
    all(): Iterable<Partition>
    get(topic: string, partition: number): Partition | undefined
  }
  readonly report: (partition: Partition, error: unknown) => void
}

type Interval =
  | 'log.retention.check.interval.ms'
  | 'log.cleaner.backoff.ms'
  | 'replica.high.watermark.checkpoint.interval.ms'

/** What is done again and again while nobody waits: old records go, high watermarks are noted, the metadata is cut. */
export class Housekeeping {
  private readonly sweeps: Sweep[] = []
  private readonly snapshots: MetadataSnapshots

  constructor(private readonly options: HousekeepingOptions) {
    this.snapshots = new MetadataSnapshots(options)
  }

  start(): void {
    this.snapshots.start()
    this.every('log.retention.check.interval.ms', ({ log }, now) => log.applyRetention(now))
    this.every('log.cleaner.backoff.ms', ({ log }, now, pause) => log.compact(now, pause))
    this.every('replica.high.watermark.checkpoint.interval.ms', (partition) => this.noteHighWatermark(partition))
  }

  stop(): void {
    for (const each of [...this.sweeps, this.snapshots]) each.stop()
  }

  /** Of a log without followers all is committed, whatever is noted. */
  noteHighWatermark({ topic, partition, log, isAlone }: Partition): void {
    if (!isAlone) this.options.directories.noteHighWatermark(topic, partition, log.highWatermark)
  }

  private every(interval: Interval, task: SweepOptions['task']): void {
    const { clock, config, partitions, report } = this.options
    this.sweeps.push(
      new Sweep({
        clock,
        task,
        report,
        intervalMs: () => config().number(interval),
        partitions: () => partitions.all(),
        isServed: (partition) => partitions.get(partition.topic, partition.partition) === partition,
      }),
    )
  }
}
