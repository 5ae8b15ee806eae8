import type { Clock, Timer } from '../../clock.ts'
import { kafkaErrorOf } from '../../errors.ts'
import type { Cluster } from './cluster/cluster.ts'
import type { BrokerConfig } from './configs/broker-config.ts'
import type { LogDirectories } from './storage/log-directories.ts'

const INTERVAL_MS = 60_000

export interface MetadataSnapshotsOptions {
  readonly clock: Clock
  readonly cluster: Cluster
  readonly config: () => BrokerConfig
  readonly directories: LogDirectories
  readonly warn: (line: string) => void
}

/**
 * Has the metadata log cut short by a snapshot now and then. Folders of deleted topics go before the log forgets which
 * they were. A disk that refuses is asked again.
 */
export class MetadataSnapshots {
  private timer: Timer | null = null

  constructor(private readonly options: MetadataSnapshotsOptions) {}

  start(): void {
    this.takeIfDue()
    this.timer = this.options.clock.inBackground(INTERVAL_MS, () => this.start())
  }

  stop(): void {
    this.timer?.cancel()
  }

  private takeIfDue(): void {
    const { cluster, config, directories, warn } = this.options
    const limits = {
      maxBytes: config().number('metadata.log.max.record.bytes.between.snapshots'),
      maxIntervalMs: config().number('metadata.log.max.snapshot.interval.ms'),
    }
    try {
      if (cluster.isSnapshotDue(limits) && directories.removeDeleted(cluster.wasRemoved)) cluster.takeSnapshot()
    } catch (error) {
      warn(kafkaErrorOf(error).message)
    }
  }
}
