import type { Timer } from '../../clock.ts'
import type { ReplicationOptions } from './context.ts'
import type { Partition } from '../state/partition.ts'
import { DirectoryAssignments } from './directory-assignments.ts'
import { Fetchers } from './fetchers.ts'
import { IsrChanges } from './isr-changes.ts'

export type { ReplicationOptions } from './context.ts'

/**
 * What makes the replicas of several nodes one partition: followers copy their leader, and leaders have the controller
 * say who is in sync, and where everything lies
 * (ReplicaManager).
 */
export class Replication {
  private readonly ending = new AbortController()
  private readonly fetchers: Fetchers
  private readonly isrChanges: IsrChanges
  private readonly directoryAssignments: DirectoryAssignments
  private timer: Timer | null = null

  constructor(private readonly options: ReplicationOptions) {
    const context = { ...options, signal: this.ending.signal }
    this.fetchers = new Fetchers(context)
    this.isrChanges = new IsrChanges(context)
    this.directoryAssignments = new DirectoryAssignments(context)
  }

  /** To be called once, when the metadata is known as far as the controller has written it. */
  start(): void {
    const { partitions, cluster } = this.options.state
    partitions.listen({
      onRoleChanged: (partition) => this.whileRunning(() => this.take(partition)),
      onPartitionRemoved: (partition) => this.whileRunning(() => this.fetchers.remove(partition)),
      onIsrProposed: (partition) => this.whileRunning(() => this.isrChanges.propose(partition)),
    })
    cluster.listen({
      onBrokersChanged: () => {
        this.fetchers.onBrokersChanged()
        for (const partition of partitions.all()) partition.expandIsr()
      },
    })
    for (const partition of partitions.all()) {
      this.take(partition)
      if (partition.leadership?.proposal) this.isrChanges.propose(partition)
    }
    this.scheduleShrinking()
  }

  stop(): void {
    this.ending.abort()
    this.timer?.cancel()
    this.fetchers.stop()
  }

  private take(partition: Partition): void {
    this.fetchers.assign(partition)
    this.directoryAssignments.note(partition)
  }

  private whileRunning(action: () => void): void {
    if (!this.ending.signal.aborted) action()
  }

  /** ReplicaManager looks twice in the time that a follower may be behind. */
  private scheduleShrinking(): void {
    const { clock, config, partitions } = this.options.state
    this.timer = clock.inBackground(config.number('replica.lag.time.max.ms') / 2, () => {
      for (const partition of partitions.all()) partition.shrinkIsr()
      this.scheduleShrinking()
    })
  }
}
