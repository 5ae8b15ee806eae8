import { describeGroups, type DescribedGroup } from '../client/admin/describe-groups.ts'
import type { GroupDescription, GroupMember } from '../client/admin/group-descriptions.ts'
import {
  fetchGroupOffsets,
  fetchShareGroupOffsets,
  type GroupOffset,
  type GroupOffsets,
} from '../client/admin/group-offsets.ts'
import { partitionName, type TopicPartition } from '../client/topic-partition.ts'
import { listOffsets } from '../client/admin/list-offsets.ts'
import { OFFSET_SPECS } from '../protocol/apis/list-offsets.ts'
import { comparePartitions } from '../client/group/consumer-protocol.ts'
import type { ItemError } from '../client/admin/item-error.ts'
import type { Patience } from '../client/admin/ask-nodes.ts'
import type { GroupType } from '../client/admin/list-groups.ts'
import type { KafkaClient } from '../client/types.ts'

/** Whom to ask, and how long. */
interface Asking {
  readonly client: KafkaClient
  readonly patience: Patience
}

export interface ChosenGroup {
  readonly groupId: string
  /** Null where it is not known yet. */
  readonly type: GroupType | null
}

/** For describeGroups, which asks less where it knows the types. */
export const typesOf = (groups: readonly ChosenGroup[]): ReadonlyMap<string, GroupType | null> =>
  new Map(groups.map(({ groupId, type }) => [groupId, type]))

/** How far a group has read one partition. */
export interface PartitionLag extends TopicPartition {
  /** Null where the group has committed nothing; of a share group where it begins to read. */
  readonly currentOffset: bigint | null
  readonly leaderEpoch: number | null
  /** Null where the partition has no leader to ask. */
  readonly logEndOffset: bigint | null
  readonly lag: bigint | null
  /** Who is assigned the partition; null for nobody. */
  readonly member: GroupMember | null
}

export interface GroupLag {
  readonly groupId: string
  readonly described: DescribedGroup
  /**
   * Sorted by topic and partition; a partition that several members of a share group read stands there once for each.
   */
  readonly partitions: readonly PartitionLag[]
  readonly error: ItemError | null
}

/**
 * How far groups have read, in the order asked: every partition that a member is assigned or the group has committed
 * for. Whatever the number of groups, each coordinator and each leader is asked once.
 */
export async function collectLags(asking: Asking, groups: readonly ChosenGroup[]): Promise<GroupLag[]> {
  const { client, patience } = asking
  const groupIds = groups.map(({ groupId }) => groupId)
  const [described, committed] = await Promise.all([
    describeGroups(client, groupIds, { ...patience, types: typesOf(groups) }),
    fetchGroupOffsets(client, groupIds, patience),
  ])
  const offsets = await withShareGroups(asking, described, committed)
  const assigned = described.map(({ description }, index) => assignedPartitions(description, offsets[index]!.offsets))
  const ends = await endOffsets(asking, assigned.flat())
  return described.map((group, index) => ({
    groupId: group.groupId,
    described: group,
    error: group.error ?? offsets[index]!.error,
    partitions: assigned[index]!.map((partition) => toLag(partition, ends.get(partitionName(partition)) ?? null)),
  }))
}

/** Share groups keep their offsets with another API (KIP-932), which is asked only where there are such groups. */
async function withShareGroups(
  { client, patience }: Asking,
  described: readonly DescribedGroup[],
  committed: readonly GroupOffsets[],
): Promise<GroupOffsets[]> {
  const shareGroups = described.filter(({ description }) => description?.type === 'Share').map(({ groupId }) => groupId)
  const found = shareGroups.length === 0 ? [] : await fetchShareGroupOffsets(client, shareGroups, patience)
  const byGroup = new Map(found.map((offsets) => [offsets.groupId, offsets]))
  return committed.map((offsets) => byGroup.get(offsets.groupId) ?? offsets)
}

type Assigned = Omit<PartitionLag, 'logEndOffset' | 'lag'>

function assignedPartitions(description: GroupDescription | null, offsets: readonly GroupOffset[]): Assigned[] {
  const committed = new Map(offsets.map((offset) => [partitionName(offset), offset]))
  const place = ({ topic, partition }: TopicPartition, member: GroupMember | null): Assigned => {
    const { offset = null, leaderEpoch = -1 } = committed.get(partitionName({ topic, partition })) ?? {}
    return { topic, partition, currentOffset: offset, leaderEpoch: leaderEpoch < 0 ? null : leaderEpoch, member }
  }
  const members = description?.members ?? []
  const owned = members.flatMap((member) => member.assignment.map((partition) => place(partition, member)))
  const names = new Set(owned.map(partitionName))
  return [
    ...owned,
    ...offsets.filter((offset) => !names.has(partitionName(offset))).map((offset) => place(offset, null)),
  ].sort(comparePartitions)
}

async function endOffsets(
  { client, patience }: Asking,
  partitions: readonly TopicPartition[],
): Promise<ReadonlyMap<string, bigint>> {
  const distinct = new Map(
    partitions.map(({ topic, partition }) => [partitionName({ topic, partition }), { topic, partition }]),
  )
  const { timestamp } = OFFSET_SPECS.latest
  const { clock } = patience
  const found = await listOffsets(
    client,
    [...distinct.values()].map((partition) => ({ ...partition, timestamp })),
    { ...(clock && { clock }) },
  )
  return new Map(found.flatMap((item) => (item.error ? [] : [[partitionName(item), item.offset]])))
}

function toLag(partition: Assigned, logEndOffset: bigint | null): PartitionLag {
  const { currentOffset } = partition
  const lag = currentOffset === null || logEndOffset === null ? null : logEndOffset - currentOffset
  return { ...partition, logEndOffset, lag }
}

/** What is left to read over all partitions where that is known; null where it is known of none. */
export function totalLag(partitions: readonly PartitionLag[]): bigint | null {
  const known = partitions.flatMap(({ lag }) => lag ?? [])
  return known.length === 0 ? null : known.reduce((sum, lag) => sum + lag, 0n)
}
