import { partitionName, type TopicPartition } from '../../../lib/client/topic-partition.ts'
import type { Clock } from '../../../lib/clock.ts'

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
    for (const partition of partitions) this.owned.add(partitionName(partition))
  }

  revoked(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.owned.delete(partitionName(partition))
    if (this.owned.size === 0) this.sinceMs = this.clock.now()
  }

  /** What has been added since the last call. */
  takeIntervalMs(): number {
    const { intervalMs } = this
    this.intervalMs = 0
    return intervalMs
  }
}
