import type { Clock, Timer } from '../../clock.ts'
import { EnvironmentError, KafkaError } from '../../errors.ts'
import type { Assignment, ConsumerParts } from '../consumer/consumer.ts'
import { partitionKey, type PartitionState, type TopicPartition } from '../consumer/partition-state.ts'
import { resetStart } from '../consumer/reset.ts'
import type { ConsumerSettings } from '../consumer/settings.ts'
import type { Subscription } from '../consumer/subscription.ts'
import type { Topics } from '../consumer/topic-directory.ts'
import type { Assignments, Assignor, GroupMemberInfo } from './assignors/index.ts'
import { Committer } from './committer.ts'
import { encodeSubscription } from './consumer-protocol.ts'
import { Coordinator } from './coordinator.ts'
import { GroupMember, type MemberWork } from './member.ts'
import { Membership, type ProtocolOffer } from './membership.ts'
import { fetchPositions } from './offsets.ts'
import type { GroupSettings } from './settings.ts'

/** The last commit, then the goodbye: both must be over within a second after Ctrl-C, else within the 30 s of Java's close. */
const HURRIED = { commitMs: 500, goodbyeMs: 300 }
const UNHURRIED = { commitMs: 20_000, goodbyeMs: 10_000 }

export interface GroupReading {
  readonly group: GroupSettings
  readonly settings: ConsumerSettings
  readonly subscription: Subscription
  /** Resolves to true once everything handed out so far has reached its reader. */
  printed(): Promise<boolean>
  /** Resolves once what was read has been settled by other means than the commits here; nothing is given up before. */
  settled?(): Promise<void>
  notice(line: string): void
  /** Partitions have been given to this member, beside those that it keeps. */
  onAssigned?(partitions: readonly TopicPartition[]): void
  /** Partitions are this member's no more. */
  onRevoked?(partitions: readonly TopicPartition[]): void
}

/** Reads what a group assigns, from where the group stopped, and commits what has been printed. */
export class GroupAssignment implements Assignment {
  private readonly membership: Membership
  private readonly coordinator: Coordinator
  private readonly member: GroupMember
  private readonly committer: Committer
  private readonly work: MemberWork
  private running: Promise<void> | undefined
  /** Topics of all members and their partitions when the leader dealt them out; undefined for others. */
  private dealt: ReadonlyMap<string, number> | undefined
  private joinedTopics: readonly string[] = []
  private lastAssigned: readonly TopicPartition[] = []
  private assignedGeneration = -1

  constructor(
    private readonly parts: ConsumerParts,
    private readonly reading: GroupReading,
  ) {
    const { client, clock } = parts
    const { group } = reading
    this.coordinator = new Coordinator(client, group.groupId)
    this.membership = new Membership(this.coordinator, group)
    this.committer = new Committer(this.coordinator, this.membership, group, parts, () => reading.printed())
    this.work = {
      prepare: () => this.prepare(),
      offers: () => this.offers(),
      assign: (assignor, members) => this.assign(assignor, members),
      assigned: (partitions, assignor) => this.assigned(partitions, assignor),
      lost: () => this.letGo([...parts.reader.partitions()]),
      notice: (line) => reading.notice(line),
    }
    this.member = new GroupMember(this.coordinator, this.membership, group, clock, this.work)
  }

  /** A leader watches the topics of all members. */
  topics(): Topics {
    const { toAsk } = this.reading.subscription
    return toAsk && [...new Set([...toAsk, ...(this.dealt?.keys() ?? [])])]
  }

  onMetadata(): boolean {
    if (!this.running) {
      this.running = this.member.run()
      this.running.catch((error: unknown) => this.parts.onFailure(error))
    } else if (this.hasChanged()) {
      this.member.rejoin('the topics have changed')
    }
    return false
  }

  pump(nowMs: number): number {
    this.member.poll(nowMs)
    const commitAtMs = this.committer.pump(nowMs)
    return Math.min(commitAtMs, nowMs + this.reading.group.maxPollIntervalMs / 3)
  }

  async close(isPrinted: boolean, isHurried: boolean): Promise<void> {
    const { commitMs, goodbyeMs } = isHurried ? HURRIED : UNHURRIED
    const { clock } = this.parts
    try {
      if (isPrinted) await inTime(clock, commitMs, this.committer.commitLast(commitMs), 'commit the last offsets')
    } finally {
      await inTime(clock, goodbyeMs, this.member.close(goodbyeMs), 'leave the group')
    }
  }

  /** The member as it is now, for offsets that are committed by a transaction (KIP-447). */
  metadata(): { groupId: string; generationId: number; memberId: string; groupInstanceId: string | null } {
    const { group: { groupId, groupInstanceId } } = this.reading
    return { groupId, generationId: this.membership.generation, memberId: this.membership.memberId, groupInstanceId }
  }

  /** Reads partitions again from these offsets; nothing happens to those that are this member's no more. */
  seek(positions: Iterable<readonly [PartitionState, bigint]>): void {
    for (const [state, offset] of positions) state.start({ offset })
    this.parts.onChange()
  }

  private hasChanged(): boolean {
    const { topics } = this.parts.directory
    if (this.reading.subscription.toAsk === null && this.ownTopics().join() !== this.joinedTopics.join()) return true
    return [...(this.dealt ?? [])].some(([topic, count]) => (topics.get(topic)?.partitions.size ?? 0) !== count)
  }

  private async prepare(): Promise<void> {
    const isEager = this.isEager()
    const positions = this.committer.snapshot()
    if (isEager) this.letGo([...this.parts.reader.partitions()])
    await this.reading.settled?.()
    await this.committer.commitBeforeRebalance(positions)
  }

  /** All must let go before a rebalance unless every assignor on offer is cooperative (Java's default list is eager). */
  private isEager(): boolean {
    return this.reading.group.assignors.some(({ isCooperative }) => !isCooperative)
  }

  private ownTopics(): string[] {
    const { subscription } = this.reading
    if (subscription.toAsk) return [...subscription.toAsk]
    return [...this.parts.directory.topics.values()].filter((topic) => subscription.matches(topic)).map(({ name }) => name).sort()
  }

  private offers(): ProtocolOffer[] {
    const topics = this.joinedTopics = this.ownTopics()
    const { assignors, rackId } = this.reading.group
    const generationId = this.assignedGeneration
    const ownedPartitions = [...this.parts.reader.partitions()].map(({ topic, partition }) => ({ topic, partition }))
    return assignors.map((assignor) => ({
      name: assignor.name,
      metadata: encodeSubscription({ topics, userData: assignor.userData(this.lastAssigned, generationId), ownedPartitions, generationId, rackId }),
    }))
  }

  private async assign(assignor: Assignor, members: readonly GroupMemberInfo[]): Promise<Assignments> {
    const topics = [...new Set(members.flatMap((member) => [...member.topics]))]
    const { directory, client } = this.parts
    const isKnown = topics.every((topic) => directory.topics.has(topic))
    const counts = isKnown ? new Map(topics.map((topic) => [topic, directory.topics.get(topic)!.partitions.size]))
      : new Map((await client.metadata(topics)).topics.map(({ name, partitions }) => [name ?? '', partitions.length]))
    this.dealt = new Map(topics.map((topic) => [topic, counts.get(topic) ?? 0]))
    return assignor.assign(members, new Map([...this.dealt].filter(([, count]) => count > 0)))
  }

  private async assigned(partitions: readonly TopicPartition[], assignor: Assignor): Promise<boolean> {
    const { reader } = this.parts
    this.assignedGeneration = this.membership.generation
    this.lastAssigned = partitions
    const mine = new Set(partitions.map(({ topic, partition }) => partitionKey(topic, partition)))
    const revoked = [...reader.partitions()].filter((state) => !mine.has(state.key))
    if (revoked.length > 0) {
      const positions = this.committer.snapshot(revoked)
      this.letGo(revoked)
      await this.committer.commitBeforeRebalance(positions)
    }
    const added = partitions.filter(({ topic, partition }) => !reader.has(topic, partition))
    this.reading.onAssigned?.(added)
    await this.begin(added)
    return assignor.isCooperative && revoked.length > 0
  }

  /** From the position that the group has committed, or by auto.offset.reset. */
  private async begin(partitions: readonly TopicPartition[]): Promise<void> {
    if (partitions.length === 0) return
    const { reader, clock, onChange } = this.parts
    const { settings, group } = this.reading
    const committed = await fetchPositions(this.coordinator, group.groupId, partitions, this.committer.topicIds, settings.isReadCommitted)
    for (const { topic, partition } of partitions) {
      const position = committed.get(partitionKey(topic, partition))
      const start = position ? { offset: position.offset } : resetStart(settings.autoOffsetReset, clock.now())
      if (!start) throw new KafkaError('OFFSET_OUT_OF_RANGE', `Group "${group.groupId}" has committed no offset of ${topic}-${partition}, and auto.offset.reset is none`)
      reader.add({ topic, partition }, start, position?.leaderEpoch)
    }
    onChange()
  }

  private letGo(states: readonly PartitionState[]): void {
    if (states.length > 0) this.reading.onRevoked?.(states)
    for (const state of states) this.parts.reader.remove(state)
  }
}

/** A coordinator that is away may be looked for again and again: not for longer than this. Throws EnvironmentError. */
async function inTime(clock: Clock, timeoutMs: number, work: Promise<void>, what: string): Promise<void> {
  let timer: Timer | undefined
  const late = new Promise<never>((_, reject) => {
    timer = clock.after(timeoutMs, () => reject(new EnvironmentError(`Cannot ${what}: the coordinator has not answered within ${timeoutMs} ms`)))
  })
  await Promise.race([work, late]).finally(() => timer?.cancel())
}
