import type { TopicPartition } from '../../topic-partition.ts'
import type { MemberSubscription } from '../consumer-protocol.ts'

export interface GroupMemberInfo extends MemberSubscription {
  readonly memberId: string
  readonly groupInstanceId: string | null
}

/** Partitions for each member; a member without any has an empty list. */
export type Assignments = Map<string, TopicPartition[]>

/** Deals partitions out to the members of a group. The group's leader runs it. */
export interface Assignor {
  /** As in JoinGroup: all members must name one in common. */
  readonly name: string
  /** Java's class, as it stands in partition.assignment.strategy. */
  readonly className: string
  /** Members keep reading what they have while they join again (KIP-429). */
  readonly isCooperative: boolean
  /** What goes out with a member's subscription. */
  userData(owned: readonly TopicPartition[], generation: number): Buffer | null
  /** `partitionCounts` has the topics that exist. */
  assign(members: readonly GroupMemberInfo[], partitionCounts: ReadonlyMap<string, number>): Assignments
}

/**
 * Static members first, by their instance id, then the others by member id: their places survive a restart
 * (AbstractPartitionAssignor.MemberInfo).
 */
export function compareMembers(a: GroupMemberInfo, b: GroupMemberInfo): number {
  if (a.groupInstanceId !== null && b.groupInstanceId !== null) return compareText(a.groupInstanceId, b.groupInstanceId)
  if (a.groupInstanceId !== null) return -1
  if (b.groupInstanceId !== null) return 1
  return compareText(a.memberId, b.memberId)
}

export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Topics that somebody wants and that exist, sorted, with their partitions. */
export function wantedPartitions(
  members: readonly GroupMemberInfo[],
  partitionCounts: ReadonlyMap<string, number>,
): TopicPartition[] {
  const topics = new Set(members.flatMap((member) => [...member.topics]))
  return [...topics]
    .sort(compareText)
    .flatMap((topic) =>
      Array.from({ length: partitionCounts.get(topic) ?? 0 }, (_, partition) => ({ topic, partition })),
    )
}

export const emptyAssignments = (members: readonly GroupMemberInfo[]): Assignments =>
  new Map(members.map(({ memberId }) => [memberId, []]))
