import { ZERO_UUID } from '../../../../protocol/schema.ts'
import type { RecordOf, RecordValue } from '../records.ts'
import { OffsetMap } from './offset-map.ts'

/** What a group has committed for one partition. */
export interface CommittedOffset {
  readonly offset: bigint
  readonly leaderEpoch: number
  readonly metadata: string
  /** Milliseconds since the epoch. */
  readonly commitTimestamp: number
  /** A deadline that the client gave (OffsetCommit before version 5); null without. */
  readonly expireTimestamp: number | null
  /** Null in records written before topics had ids. */
  readonly topicId: string | null
  /** Its place in the order of writing: a commit that waited for its transaction does not replace a later one. */
  readonly order: number
}

/** The committed offsets of groups, and those that wait for the end of a transaction. Only records change it. */
export class OffsetStore {
  private readonly committed = new OffsetMap<CommittedOffset>()
  private readonly pending = new Map<bigint, OffsetMap<CommittedOffset>>()
  private applied = 0

  get(groupId: string, topic: string, partition: number): CommittedOffset | undefined {
    return this.committed.get(groupId, topic, partition)
  }

  /** Topics of a group and what it committed in them; empty for a group that is not known. */
  ofGroup(groupId: string): ReadonlyMap<string, ReadonlyMap<number, CommittedOffset>> {
    return this.committed.ofGroup(groupId)
  }

  /**
   * Whether an open transaction has an offset for a partition: what will be committed next is not known yet (KIP-447).
   */
  isPending(groupId: string, topic: string, partition: number): boolean {
    for (const offsets of this.pending.values()) if (offsets.get(groupId, topic, partition)) return true
    return false
  }

  hasPending(groupId: string): boolean {
    for (const offsets of this.pending.values()) if (offsets.ofGroup(groupId).size > 0) return true
    return false
  }

  /** Partitions of a group, as `[topic, partition]`, that open transactions have offsets for. */
  pendingPartitions(groupId: string): [topic: string, partition: number][] {
    const found = new OffsetMap<true>()
    for (const offsets of this.pending.values()) {
      for (const [topic, partitions] of offsets.ofGroup(groupId)) {
        for (const partition of partitions.keys()) found.put(groupId, topic, partition, true)
      }
    }
    return [...found.ofGroup(groupId)].flatMap(([topic, partitions]) =>
      [...partitions.keys()].map((partition): [string, number] => [topic, partition]),
    )
  }

  /** A commit outside a transaction (`producerId` null) counts at once. A tombstone takes away what is pending too. */
  apply(
    { key: { group: groupId, topic, partition }, value }: RecordOf<'OffsetCommit'>,
    producerId: bigint | null,
  ): void {
    this.applied += 1
    if (!value) {
      this.committed.remove(groupId, topic, partition)
      for (const offsets of this.pending.values()) offsets.remove(groupId, topic, partition)
    } else {
      const offsets = producerId === null ? this.committed : this.pendingOf(producerId)
      offsets.put(groupId, topic, partition, fromRecord(value, this.applied))
    }
  }

  /** A marker was written: the offsets that waited for it count now, or never. */
  endTransaction(producerId: bigint, isCommit: boolean): void {
    const offsets = this.pending.get(producerId)
    if (!offsets) return
    if (isCommit) for (const groupId of offsets.groupIds()) this.commitPending(groupId, offsets)
    this.pending.delete(producerId)
  }

  private commitPending(groupId: string, offsets: OffsetMap<CommittedOffset>): void {
    for (const [topic, partitions] of offsets.ofGroup(groupId)) {
      for (const [partition, offset] of partitions) {
        const before = this.committed.get(groupId, topic, partition)
        if (!before || before.order < offset.order) this.committed.put(groupId, topic, partition, offset)
      }
    }
  }

  private pendingOf(producerId: bigint): OffsetMap<CommittedOffset> {
    const offsets = this.pending.get(producerId) ?? new OffsetMap()
    this.pending.set(producerId, offsets)
    return offsets
  }
}

function fromRecord(value: RecordValue<'OffsetCommit'>, order: number): CommittedOffset {
  return {
    order,
    offset: value.offset,
    leaderEpoch: value.leaderEpoch,
    metadata: value.metadata,
    commitTimestamp: Number(value.commitTimestamp),
    expireTimestamp: value.expireTimestamp === -1n ? null : Number(value.expireTimestamp),
    topicId: value.topicId === ZERO_UUID ? null : value.topicId,
  }
}
