import type { ConsumerParts } from '../../consumer/consumer.ts'
import type { TopicPartition } from '../../topic-partition.ts'
import type { Topics } from '../../consumer/topic-directory.ts'
import type { Assignments, Assignor, GroupMemberInfo } from '../assignors/index.ts'
import { encodeSubscription } from '../consumer-protocol.ts'
import { Coordinator } from '../../coordinator.ts'
import { GroupAssignment } from '../group-assignment.ts'
import { AssignedPartitions, type GroupReading } from '../assigned-partitions.ts'
import { ClassicMember } from './member.ts'
import { ClassicMembership, type ProtocolOffer } from './membership.ts'

/** What a group of the classic protocol assigns. */
export class ClassicAssignment extends GroupAssignment {
  protected readonly assigned: AssignedPartitions
  protected readonly member: ClassicMember
  private readonly membership: ClassicMembership
  /** Topics of all members and their partitions when the leader dealt them out; undefined for others. */
  private dealt: ReadonlyMap<string, number> | undefined
  private joinedTopics: readonly string[] = []
  private lastAssigned: readonly TopicPartition[] = []
  private assignedGeneration = -1

  constructor(parts: ConsumerParts, reading: GroupReading) {
    super(parts, reading)
    const { group } = reading
    const coordinator = new Coordinator(parts.client, group.groupId, 'group')
    this.membership = new ClassicMembership(coordinator, group)
    this.assigned = new AssignedPartitions(coordinator, this.membership, parts, reading)
    this.member = new ClassicMember(coordinator, this.membership, group, parts.clock, {
      prepare: () => this.prepare(),
      offers: () => this.offers(),
      assign: (assignor, members) => this.assign(assignor, members),
      assigned: (partitions, assignor) => this.reconcile(partitions, assignor),
      lost: () => this.assigned.lose(),
      notice: (line) => reading.notice(line),
      hinder: parts.hinder,
      free: parts.free,
    })
  }

  /** A leader watches the topics of all members. */
  topics(): Topics {
    const { toAsk } = this.reading.subscription
    return toAsk && [...new Set([...toAsk, ...(this.dealt?.keys() ?? [])])]
  }

  protected followMetadata(): void {
    if (this.hasChanged()) this.member.rejoin('the topics have changed')
  }

  private isWanted(topic: string): boolean {
    return this.reading.subscription.matches(
      this.parts.directory.topics.get(topic) ?? { name: topic, isInternal: false },
    )
  }

  /** A leader of another make may deal anything; nobody reads what was not asked for. */
  private nameUnwanted(dealt: readonly TopicPartition[]): void {
    const unwanted = new Set(dealt.map(({ topic }) => topic).filter((topic) => !this.isWanted(topic)))
    if (unwanted.size === 0) return
    this.reading.notice(
      `The leader of group "${this.reading.group.groupId}" has assigned topics that this member did not ask for: ${[...unwanted].join(', ')}; they are not read`,
    )
  }

  private hasChanged(): boolean {
    const { topics } = this.parts.directory
    if (
      this.reading.subscription.toAsk === null &&
      this.assigned.subscribedTopics().join() !== this.joinedTopics.join()
    )
      return true
    return [...(this.dealt ?? [])].some(([topic, count]) => (topics.get(topic)?.partitions.size ?? 0) !== count)
  }

  private async prepare(): Promise<void> {
    const { assigned } = this
    const positions = assigned.committer.snapshot()
    if (this.isEager()) assigned.drop(assigned.all())
    await assigned.settle(positions)
  }

  /**
   * All must let go before a rebalance unless every assignor on offer is cooperative (Java's default list is eager).
   */
  private isEager(): boolean {
    return this.reading.group.assignors.some(({ isCooperative }) => !isCooperative)
  }

  private offers(): ProtocolOffer[] {
    const topics = (this.joinedTopics = this.assigned.subscribedTopics())
    const { assignors, rackId } = this.reading.group
    const generationId = this.assignedGeneration
    const ownedPartitions = this.assigned.all().map(({ topic, partition }) => ({ topic, partition }))
    return assignors.map((assignor) => ({
      name: assignor.name,
      metadata: encodeSubscription({
        topics,
        userData: assignor.userData(this.lastAssigned, generationId),
        ownedPartitions,
        generationId,
        rackId,
      }),
    }))
  }

  private async assign(assignor: Assignor, members: readonly GroupMemberInfo[]): Promise<Assignments> {
    const topics = [...new Set(members.flatMap((member) => [...member.topics]))]
    const { directory, client } = this.parts
    const isKnown = topics.every((topic) => directory.topics.has(topic))
    const counts = isKnown
      ? new Map(topics.map((topic) => [topic, directory.topics.get(topic)!.partitions.size]))
      : new Map((await client.metadata(topics)).topics.map(({ name, partitions }) => [name ?? '', partitions.length]))
    this.dealt = new Map(topics.map((topic) => [topic, counts.get(topic) ?? 0]))
    return assignor.assign(members, new Map([...this.dealt].filter(([, count]) => count > 0)))
  }

  private async reconcile(dealt: readonly TopicPartition[], assignor: Assignor): Promise<boolean> {
    const partitions = dealt.filter(({ topic }) => this.isWanted(topic))
    this.nameUnwanted(dealt)
    this.assignedGeneration = this.membership.generation
    this.lastAssigned = partitions
    const revoked = this.assigned.notIn(partitions)
    if (revoked.length > 0) await this.assigned.revoke(revoked)
    await this.assigned.add(partitions)
    return assignor.isCooperative && revoked.length > 0
  }
}
