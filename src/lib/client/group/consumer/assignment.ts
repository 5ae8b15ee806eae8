import type { ConsumerParts } from '../../consumer/consumer.ts'
import type { Topics } from '../../consumer/topic-directory.ts'
import { Coordinator } from '../../coordinator.ts'
import { GroupAssignment } from '../group-assignment.ts'
import { AssignedPartitions, type GroupReading } from '../assigned-partitions.ts'
import { ConsumerMember } from './member.ts'
import { ConsumerMembership, type PartitionsById } from './membership.ts'

/** What a group of the consumer protocol assigns (KIP-848, `group.protocol=consumer`). */
export class ConsumerAssignment extends GroupAssignment {
  protected readonly assigned: AssignedPartitions
  protected readonly member: ConsumerMember

  constructor(parts: ConsumerParts, reading: GroupReading) {
    super(parts, reading)
    const { group } = reading
    const coordinator = new Coordinator(parts.client, group.groupId, 'group')
    const membership = new ConsumerMembership(coordinator, group)
    const assigned = (this.assigned = new AssignedPartitions(coordinator, membership, parts, reading))
    this.member = new ConsumerMember(coordinator, membership, group, parts.clock, {
      subscribedTopics: () => assigned.subscribedTopics(),
      reconcile: (target) => this.reconcile(target),
      lost: () => assigned.lose(),
      notice: (line) => reading.notice(line),
      hinder: parts.hinder,
      free: parts.free,
    })
  }

  topics(): Topics {
    return this.reading.subscription.toAsk
  }

  protected followMetadata(): void {
    this.member.update()
  }

  private async reconcile(target: PartitionsById): Promise<PartitionsById> {
    const { directory } = this.parts
    const names = new Map(
      [...directory.topics.values()].map(({ name, partitions }) => [partitions.values().next().value?.topicId, name]),
    )
    const known = target.filter(({ topicId }) => names.has(topicId))
    if (known.length < target.length) directory.refresh()
    const wanted = known.flatMap(({ topicId, partitions }) =>
      partitions.map((partition) => ({ topic: names.get(topicId)!, partition })),
    )
    const revoked = this.assigned.notIn(wanted)
    if (revoked.length > 0) await this.assigned.revoke(revoked)
    await this.assigned.add(wanted)
    return known
  }
}
