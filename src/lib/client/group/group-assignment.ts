import type { Assignment, ConsumerParts } from '../consumer/consumer.ts'
import type { PartitionState } from '../consumer/partition-state.ts'
import type { Farewell } from '../consumer/farewell.ts'
import type { Topics } from '../consumer/topic-directory.ts'
import { sayGoodbye } from './farewell.ts'
import type { GroupReading, Holdings } from './holdings.ts'
import type { Keeper } from './keeper.ts'
import type { GroupMetadata } from './place.ts'

/**
 * Reads what a group assigns, from where the group stopped, and commits what has been printed; whatever protocol the
 * group speaks.
 */
export abstract class GroupAssignment implements Assignment {
  protected abstract readonly holdings: Holdings
  protected abstract readonly member: Keeper
  private running: Promise<void> | undefined

  constructor(
    protected readonly parts: ConsumerParts,
    protected readonly reading: GroupReading,
  ) {}

  abstract topics(): Topics

  /** The group is joined when the topics are known for the first time. */
  onMetadata(): boolean {
    this.tellAbsence()
    if (this.running) {
      this.followMetadata()
    } else {
      this.running = this.member.run()
      this.running.catch((error: unknown) => this.parts.onFailure(error))
    }
    return false
  }

  pump(nowMs: number): number {
    this.member.poll(nowMs)
    const commitAtMs = this.holdings.committer.pump(nowMs)
    return Math.min(commitAtMs, nowMs + this.reading.group.maxPollIntervalMs / 3)
  }

  async close(isPrinted: boolean, farewell: Farewell): Promise<void> {
    const { committer } = this.holdings
    await sayGoodbye({ committer, keeper: this.member, clock: this.parts.clock }, isPrinted, farewell)
  }

  /** The member as it is now, for offsets that are committed by a transaction. */
  metadata(): GroupMetadata {
    return this.holdings.metadata()
  }

  /** Reads partitions again from these offsets; nothing happens to those that are this member's no more. */
  seek(positions: Iterable<readonly [PartitionState, bigint]>): void {
    this.holdings.seek(positions)
  }

  private tellAbsence(): void {
    const {
      parts: { hinder, free },
      reading: { subscription },
      holdings,
    } = this
    if (subscription.toAsk !== null || holdings.subscribedTopics().length > 0) return free(this)
    hinder(this, 'no topic fits the pattern', { outlook: 'waiting for one' })
  }

  /** Fresh metadata has come: topics may have appeared, grown or gone. */
  protected abstract followMetadata(): void
}
