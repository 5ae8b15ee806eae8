import type { Partition } from '../state/partition.ts'
import type { ReplicationContext } from './context.ts'
import { LeaderFetcher } from './leader-fetcher.ts'

/** Copies what other nodes lead and this one follows: from each leader in a loop of its own (ReplicaFetcherManager). */
export class Fetchers {
  private readonly byLeader = new Map<number, LeaderFetcher>()

  constructor(private readonly context: ReplicationContext) {}

  /** A partition has a new leader epoch: it begins anew, where its log ends. */
  assign(partition: Partition): void {
    this.remove(partition)
    if (partition.isLeader || partition.leader === -1) return
    const fetcher = this.byLeader.get(partition.leader) ?? new LeaderFetcher(partition.leader, this.context)
    this.byLeader.set(partition.leader, fetcher)
    fetcher.add(partition)
  }

  remove(partition: Partition): void {
    for (const [leader, fetcher] of this.byLeader) {
      fetcher.remove(partition)
      if (!fetcher.isEmpty) continue
      fetcher.stop()
      this.byLeader.delete(leader)
    }
  }

  /** Brokers have registered anew, perhaps at other addresses. */
  onBrokersChanged(): void {
    for (const fetcher of this.byLeader.values()) fetcher.wake()
  }

  stop(): void {
    for (const fetcher of this.byLeader.values()) fetcher.stop()
    this.byLeader.clear()
  }
}
