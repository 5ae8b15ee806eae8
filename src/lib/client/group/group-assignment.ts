import type { Clock, Timer } from '../../clock.ts'
import { EnvironmentError } from '../../errors.ts'
import type { Assignment, CloseTimeout, ConsumerParts } from '../consumer/consumer.ts'
import type { PartitionState } from '../consumer/partition-state.ts'
import type { Topics } from '../consumer/topic-directory.ts'
import type { GroupReading, AssignedPartitions } from './assigned-partitions.ts'
import type { Member, MemberListener } from './member.ts'
import type { GroupMetadata, Membership } from './membership.ts'

/** The last commit, then leaving the group: 30 s together is what Java's close allows. */
const CLOSE_TIMEOUTS_MS: Readonly<Record<CloseTimeout, { commitMs: number; leaveMs: number }>> = {
  unhurried: { commitMs: 20_000, leaveMs: 10_000 },
  idle: { commitMs: 2000, leaveMs: 1000 },
  hurried: { commitMs: 500, leaveMs: 300 },
}

/**
 * Reads what a group assigns, from where the group stopped, and commits what has been printed; whatever protocol the
 * group speaks.
 */
export abstract class GroupAssignment implements Assignment {
  protected abstract readonly assigned: AssignedPartitions
  protected abstract readonly member: Member<Membership, MemberListener>
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
    const commitAtMs = this.assigned.committer.pump(nowMs)
    return Math.min(commitAtMs, nowMs + this.reading.group.maxPollIntervalMs / 3)
  }

  /** Commits what was printed, and leaves the group. See Consumer.close for the two flags. */
  async close(isPrinted: boolean, timeout: CloseTimeout): Promise<void> {
    const { clock } = this.parts
    const { commitMs, leaveMs } = CLOSE_TIMEOUTS_MS[timeout]
    try {
      if (isPrinted)
        await inTime(clock, commitMs, this.assigned.committer.commitLast(commitMs), 'commit the last offsets')
    } finally {
      await inTime(clock, leaveMs, this.member.close(leaveMs), 'leave the group')
    }
  }

  /** The member as it is now, for offsets that are committed by a transaction. */
  metadata(): GroupMetadata {
    return this.assigned.metadata()
  }

  /** Reads partitions again from these offsets; nothing happens to those that are this member's no more. */
  seek(positions: Iterable<readonly [PartitionState, bigint]>): void {
    this.assigned.seek(positions)
  }

  private tellAbsence(): void {
    const {
      parts: { hinder, free },
      reading: { subscription },
      assigned,
    } = this
    if (subscription.toAsk !== null || assigned.subscribedTopics().length > 0) return free(this)
    hinder(this, 'no topic fits the pattern', { outlook: 'waiting for one' })
  }

  /** Fresh metadata has come: topics may have appeared, grown or gone. */
  protected abstract followMetadata(): void
}

/** A coordinator that is away may be looked for again and again: not for longer than this. Throws EnvironmentError. */
async function inTime(clock: Clock, timeoutMs: number, work: Promise<void>, what: string): Promise<void> {
  let timer: Timer | undefined
  const late = new Promise<never>((_, reject) => {
    timer = clock.after(timeoutMs, () =>
      reject(new EnvironmentError(`Cannot ${what}: the coordinator has not answered within ${timeoutMs} ms`)),
    )
  })
  await Promise.race([work, late]).finally(() => timer?.cancel())
}
