import { ZERO_UUID } from '../../../../protocol/schema.ts'
import type { RecordOf } from '../records.ts'

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
}

type TopicOffsets = ReadonlyMap<number, CommittedOffset>

/** The committed offsets of all groups. Only records change it. */
export class OffsetStore {
  private readonly groups = new Map<string, Map<string, Map<number, CommittedOffset>>>()

  get(groupId: string, topic: string, partition: number): CommittedOffset | undefined {
    return this.groups.get(groupId)?.get(topic)?.get(partition)
  }

  /** Topics of a group and what it committed in them; empty for a group that is not known. */
  ofGroup(groupId: string): ReadonlyMap<string, TopicOffsets> {
    return this.groups.get(groupId) ?? new Map()
  }

  groupIds(): Iterable<string> {
    return this.groups.keys()
  }

  apply({ key: { groupId, topic, partition }, value }: RecordOf<'OffsetCommit'>): void {
    if (value) this.put(groupId, topic, partition, fromRecord(value))
    else this.remove(groupId, topic, partition)
  }

  clear(): void {
    this.groups.clear()
  }

  private put(groupId: string, topic: string, partition: number, committed: CommittedOffset): void {
    let topics = this.groups.get(groupId)
    if (!topics) this.groups.set(groupId, topics = new Map())
    let partitions = topics.get(topic)
    if (!partitions) topics.set(topic, partitions = new Map())
    partitions.set(partition, committed)
  }

  private remove(groupId: string, topic: string, partition: number): void {
    const topics = this.groups.get(groupId)
    const partitions = topics?.get(topic)
    if (!topics || !partitions?.delete(partition)) return
    if (partitions.size === 0) topics.delete(topic)
    if (topics.size === 0) this.groups.delete(groupId)
  }
}

function fromRecord(value: NonNullable<RecordOf<'OffsetCommit'>['value']>): CommittedOffset {
  return {
    offset: value.offset,
    leaderEpoch: value.leaderEpoch,
    metadata: value.metadata,
    commitTimestamp: Number(value.commitTimestamp),
    expireTimestamp: value.expireTimestamp === -1n ? null : Number(value.expireTimestamp),
    topicId: value.topicId === ZERO_UUID ? null : value.topicId,
  }
}
