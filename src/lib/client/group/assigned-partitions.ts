import { KafkaError } from '../../errors.ts'
import type { ConsumerParts } from '../consumer/consumer.ts'
import type { PartitionState } from '../consumer/partition-state.ts'
import { partitionName, type TopicPartition } from '../topic-partition.ts'
import { resetStart } from '../consumer/reset.ts'
import type { ConsumerSettings } from '../consumer/settings.ts'
import type { Subscription } from '../consumer/subscription.ts'
import { Committer } from './committer.ts'
import type { Coordinator } from '../coordinator.ts'
import { fetchPositions } from './offsets.ts'
import type { GroupMetadata, Membership } from './membership.ts'
import type { GroupSettings } from './settings.ts'

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

/**
 * The partitions that a member has at the moment: read from where the group stopped, committed as far as they were
 * printed.
 */
export class AssignedPartitions {
  readonly committer: Committer
  /** Times that everything was lost: what was under way then counts for nothing. */
  private losses = 0

  constructor(
    private readonly coordinator: Coordinator,
    private readonly membership: Membership,
    private readonly parts: ConsumerParts,
    private readonly reading: GroupReading,
  ) {
    this.committer = new Committer(coordinator, membership, reading.group, parts, () => reading.printed())
  }

  all(): PartitionState[] {
    return [...this.parts.reader.partitions()]
  }

  /** Those that are not among the partitions of a new assignment. */
  notIn(partitions: readonly TopicPartition[]): PartitionState[] {
    const mine = new Set(partitions.map(partitionName))
    return this.all().filter((state) => !mine.has(state.key))
  }

  /** Nothing more is read of these. */
  drop(states: readonly PartitionState[]): void {
    if (states.length > 0) this.reading.onRevoked?.(states)
    for (const state of states) this.parts.reader.remove(state)
  }

  /** The membership is lost: others may have the partitions by now. */
  lose(): void {
    this.losses += 1
    this.drop(this.all())
  }

  /** Hands these over: whoever gets them goes on behind what was printed. */
  async revoke(states: readonly PartitionState[]): Promise<void> {
    const positions = this.committer.snapshot(states)
    this.drop(states)
    await this.settle(positions)
  }

  /** What was read is settled by whom it concerns, and committed. */
  async settle(positions: ReturnType<Committer['snapshot']>): Promise<void> {
    await this.reading.settled?.()
    await this.committer.commitBeforeRebalance(positions)
  }

  /** Begins with those that are not held yet, at the position that the group has committed, or by auto.offset.reset. */
  async add(partitions: readonly TopicPartition[]): Promise<void> {
    const { reader, clock, onChange } = this.parts
    const { settings, group } = this.reading
    const added = partitions.filter((partition) => !reader.has(partition))
    this.reading.onAssigned?.(added)
    if (added.length === 0) return
    const { losses } = this
    const committed = await fetchPositions(
      this.coordinator,
      group.groupId,
      added,
      this.committer.topicIds,
      settings.isReadCommitted,
    )
    if (losses !== this.losses) return
    for (const { topic, partition } of added) {
      const position = committed.get(partitionName({ topic, partition }))
      const start = position ? { offset: position.offset } : resetStart(settings.autoOffsetReset, clock.now())
      if (!start)
        throw new KafkaError(
          'OFFSET_OUT_OF_RANGE',
          `Group "${group.groupId}" has committed no offset of ${topic}-${partition}, and auto.offset.reset is none`,
        )
      reader.add({ topic, partition }, start, position?.leaderEpoch)
    }
    onChange()
  }

  /** Reads partitions again from these offsets; nothing happens to those that are this member's no more. */
  seek(positions: Iterable<readonly [PartitionState, bigint]>): void {
    for (const [state, offset] of positions) state.start({ offset })
    this.parts.onChange()
  }

  /** The member as it is now. */
  metadata(): GroupMetadata {
    const { groupId, groupInstanceId } = this.reading.group
    return { groupId, generationId: this.membership.generation, memberId: this.membership.memberId, groupInstanceId }
  }

  /** Topics that the subscription names, or that fit it at the moment. */
  subscribedTopics(): string[] {
    const { subscription } = this.reading
    if (subscription.toAsk) return [...subscription.toAsk]
    return [...this.parts.directory.topics.values()]
      .filter((topic) => subscription.matches(topic))
      .map(({ name }) => name)
      .sort()
  }
}
