import type { ConsumerParts } from '../../consumer/consumer.ts'
import type { PartitionState } from '../../consumer/partition-state.ts'
import type { Topics } from '../../consumer/topic-directory.ts'
import { Coordinator } from '../coordinator.ts'
import { sayGoodbye } from '../farewell.ts'
import type { GroupAssignment } from '../group-assignment.ts'
import { Holdings, type GroupMetadata, type GroupReading } from '../holdings.ts'
import { ConsumerMember } from './member.ts'
import { ConsumerMembership, type PartitionsById } from './membership.ts'

/** Reads what a group of the consumer protocol assigns (KIP-848, `group.protocol=consumer`). */
export class ConsumerAssignment implements GroupAssignment {
  private readonly holdings: Holdings
  private readonly member: ConsumerMember
  private running: Promise<void> | undefined

  constructor(
    private readonly parts: ConsumerParts,
    private readonly reading: GroupReading,
  ) {
    const { client, clock } = parts
    const { group } = reading
    const coordinator = new Coordinator(client, group.groupId)
    const membership = new ConsumerMembership(coordinator, group)
    const holdings = this.holdings = new Holdings(coordinator, membership, parts, reading)
    this.member = new ConsumerMember(coordinator, membership, group, clock, {
      subscribedTopics: () => holdings.subscribedTopics(),
      reconcile: (target) => this.reconcile(target),
      lost: () => holdings.lose(),
      notice: (line) => reading.notice(line),
    })
  }

  topics(): Topics {
    return this.reading.subscription.toAsk
  }

  onMetadata(): boolean {
    this.member.update()
    if (!this.running) {
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

  async close(isPrinted: boolean, isHurried: boolean): Promise<void> {
    const { committer } = this.holdings
    await sayGoodbye({ committer, keeper: this.member, clock: this.parts.clock }, isPrinted, isHurried)
  }

  metadata(): GroupMetadata {
    return this.holdings.metadata()
  }

  seek(positions: Iterable<readonly [PartitionState, bigint]>): void {
    this.holdings.seek(positions)
  }

  private async reconcile(target: PartitionsById): Promise<PartitionsById> {
    const { directory } = this.parts
    const names = new Map([...directory.topics.values()].map(({ name, partitions }) => [partitions.values().next().value?.topicId, name]))
    const known = target.filter(({ topicId }) => names.has(topicId))
    if (known.length < target.length) directory.refresh()
    const wanted = known.flatMap(({ topicId, partitions }) => partitions.map((partition) => ({ topic: names.get(topicId)!, partition })))
    const revoked = this.holdings.besides(wanted)
    if (revoked.length > 0) await this.holdings.giveUp(revoked)
    await this.holdings.take(wanted)
    return known
  }
}
