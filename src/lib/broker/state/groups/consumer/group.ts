import { KafkaError } from '../../../../errors.ts'
import { CONSUMER_PROTOCOL_TYPE } from '../../../../protocol/consumer-protocol.ts'
import { tombstone, type GroupRecord } from '../records.ts'
import { NO_PARTITIONS, type OwnedPartitions, type Partitions } from './assignment.ts'
import { isReconciledTo, memberTombstones, type ConsumerMember } from './member.ts'

export type ConsumerState = 'Empty' | 'Assigning' | 'Reconciling' | 'Stable'

/**
 * A group of the consumer protocol (KIP-848; ConsumerGroup in Kafka). Every change of members, subscriptions or topics
 * makes a new group epoch; a target assignment is worked out for it, and each member moves towards its part of that at
 * its own pace, giving partitions up before others get them. Only records change a group.
 */
export class ConsumerGroup {
  readonly type = 'consumer'
  readonly members = new Map<string, ConsumerMember>()
  readonly targets = new Map<string, Partitions>()
  /** Topics that a regular expression of the group's members stands for. */
  readonly resolvedRegexes = new Map<string, ReadonlySet<string>>()
  groupEpoch = 1
  assignmentEpoch = 1
  /** When the target was worked out, in milliseconds since the epoch; 0 when it was not. */
  assignmentTimestamp = 0
  /** Stands for the subscribed topics as they were when the group epoch was made. */
  metadataHash = 0n
  /** True when topics may have changed since. */
  isMetadataStale = true
  private readonly staticMembers = new Map<string, string>()
  /** Who has, or has yet to give up, a partition: topic id, partition, member id. */
  private readonly owners = new Map<string, Map<number, string>>()

  constructor(readonly groupId: string) {}

  get state(): ConsumerState {
    if (this.members.size === 0) return 'Empty'
    if (this.groupEpoch > this.assignmentEpoch) return 'Assigning'
    for (const member of this.members.values()) if (!isReconciledTo(member, this.assignmentEpoch)) return 'Reconciling'
    return 'Stable'
  }

  get isEmpty(): boolean {
    return this.members.size === 0
  }

  /** Throws KafkaError UNKNOWN_MEMBER_ID. */
  requireMember(memberId: string): ConsumerMember {
    const member = this.members.get(memberId)
    if (!member)
      throw new KafkaError('UNKNOWN_MEMBER_ID', `Member ${memberId} is not a member of group ${this.groupId}.`)
    return member
  }

  staticMember(instanceId: string): ConsumerMember | undefined {
    return this.members.get(this.staticMembers.get(instanceId) ?? '')
  }

  /** The target of a member, or of the one whose instance it takes over. */
  targetOf({ memberId, instanceId }: ConsumerMember): Partitions {
    const owner = instanceId === null ? memberId : (this.staticMembers.get(instanceId) ?? memberId)
    return this.targets.get(owner) ?? NO_PARTITIONS
  }

  putMember(member: ConsumerMember): void {
    this.disown(this.members.get(member.memberId))
    this.members.set(member.memberId, member)
    if (member.instanceId !== null) this.staticMembers.set(member.instanceId, member.memberId)
    this.own(member.memberId, member.assigned)
    this.own(member.memberId, member.pendingRevocation)
  }

  removeMember(memberId: string): void {
    const member = this.members.get(memberId)
    if (!member) return
    this.disown(member)
    this.members.delete(memberId)
    if (member.instanceId !== null && this.staticMembers.get(member.instanceId) === memberId)
      this.staticMembers.delete(member.instanceId)
  }

  /** Whether somebody still has a partition. */
  isOwned(topicId: string, partition: number): boolean {
    return this.owners.get(topicId)?.has(partition) ?? false
  }

  /** Topics that a member reads: those that it names and those that its expression stands for. */
  topicsOf(member: ConsumerMember): ReadonlySet<string> {
    return new Set([...member.subscribedTopicNames, ...(this.resolvedRegexes.get(member.subscribedTopicRegex) ?? [])])
  }

  isSubscribedTo(topic: string): boolean {
    for (const member of this.members.values()) if (this.topicsOf(member).has(topic)) return true
    return false
  }

  /** The server-side assignor that most members ask for; null when none of them asks. */
  preferredAssignor(members: Iterable<ConsumerMember> = this.members.values()): string | null {
    const votes = new Map<string, number>()
    for (const { serverAssignor: name } of members) if (name !== null) votes.set(name, (votes.get(name) ?? 0) + 1)
    let best: string | null = null
    for (const [name, count] of votes) if (best === null || count > votes.get(best)!) best = name
    return best
  }

  classicMembers(): ConsumerMember[] {
    return [...this.members.values()].filter(({ classic }) => classic !== null)
  }

  /** Whether a classic member speaks something that the classic members in the group speak as well. */
  supportsClassicProtocols(protocolType: string, names: readonly string[]): boolean {
    if (protocolType !== CONSUMER_PROTOCOL_TYPE) return false
    const classic = this.classicMembers()
    return names.some((name) =>
      classic.every((member) => member.classic!.protocols.some((protocol) => protocol.name === name)),
    )
  }

  /** What erases the group from the log; its offsets are apart. */
  tombstones(): GroupRecord[] {
    const { groupId } = this
    return [
      ...[...this.members.keys()].flatMap((memberId) => memberTombstones(groupId, memberId)),
      ...[...this.resolvedRegexes.keys()].map((regularExpression) =>
        tombstone('ConsumerGroupRegularExpression', { groupId, regularExpression }),
      ),
      tombstone('ConsumerGroupTargetAssignmentMetadata', { groupId }),
      tombstone('ConsumerGroupMetadata', { groupId }),
    ]
  }

  private own(memberId: string, partitions: OwnedPartitions): void {
    for (const [topicId, indexes] of partitions) {
      let owners = this.owners.get(topicId)
      if (!owners) this.owners.set(topicId, (owners = new Map()))
      for (const partition of indexes.keys()) owners.set(partition, memberId)
    }
  }

  /** Of what a member had, frees what nobody else has taken since. */
  private disown(member: ConsumerMember | undefined): void {
    if (!member) return
    for (const [topicId, indexes] of [...member.assigned, ...member.pendingRevocation]) {
      const owners = this.owners.get(topicId)
      for (const partition of indexes.keys()) if (owners?.get(partition) === member.memberId) owners.delete(partition)
      if (owners?.size === 0) this.owners.delete(topicId)
    }
  }
}
