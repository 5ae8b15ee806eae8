import { partitionName, type TopicPartition } from '../../topic-partition.ts'
import type { PreviousAssignment } from '../sticky-user-data.ts'
import { compareText, emptyAssignments, wantedPartitions, type Assignments, type GroupMemberInfo } from './types.ts'

/**
 * Every member keeps what it has, the rest goes to whoever has least, and partitions move only where one member has at
 * least two more than another that may take them: as balanced as the subscriptions allow, with few moves.
 */
export function keepAndBalance(
  members: readonly GroupMemberInfo[],
  partitionCounts: ReadonlyMap<string, number>,
  previous: (member: GroupMemberInfo) => PreviousAssignment,
): Assignments {
  const sorted = [...members].sort((a, b) => compareText(a.memberId, b.memberId))
  const assignments = keep(sorted, partitionCounts, previous)
  const taken = new Set([...assignments.values()].flat().map(partitionName))
  for (const partition of wantedPartitions(members, partitionCounts)) {
    if (!taken.has(partitionName(partition)))
      assignments.get(leastLoaded(partition.topic, sorted, assignments).memberId)!.push(partition)
  }
  balance(sorted, assignments)
  return assignments
}

/**
 * What members had and may keep. The later generation wins a partition that two claim; where both are of the same,
 * neither has it.
 */
function keep(
  members: readonly GroupMemberInfo[],
  partitionCounts: ReadonlyMap<string, number>,
  previous: (member: GroupMemberInfo) => PreviousAssignment,
): Assignments {
  const claims = new Map<string, { partition: TopicPartition; owner: string | null; generation: number }>()
  for (const member of members) {
    const { partitions, generation } = previous(member)
    for (const partition of partitions) {
      const isThere = partition.partition >= 0 && partition.partition < (partitionCounts.get(partition.topic) ?? 0)
      if (!isThere || !member.topics.includes(partition.topic)) continue
      const claim = claims.get(partitionName(partition))
      if (!claim || generation > claim.generation)
        claims.set(partitionName(partition), { partition, owner: member.memberId, generation })
      else if (generation === claim.generation) claim.owner = null
    }
  }
  const assignments = emptyAssignments(members)
  for (const { partition, owner } of claims.values()) if (owner !== null) assignments.get(owner)!.push(partition)
  return assignments
}

/** Each move takes the squares of the loads down, so it comes to an end. */
function balance(members: readonly GroupMemberInfo[], assignments: Assignments): void {
  for (let isMoving = true; isMoving; ) {
    isMoving = false
    for (const member of members) {
      const own = assignments.get(member.memberId)!.sort(byNumber)
      for (let index = own.length - 1; index >= 0; index -= 1) {
        const partition = own[index]!
        const taker = assignments.get(leastLoaded(partition.topic, members, assignments).memberId)!
        if (taker.length + 1 >= own.length) continue
        own.splice(index, 1)
        taker.push(partition)
        isMoving = true
      }
    }
  }
}

function leastLoaded(topic: string, members: readonly GroupMemberInfo[], assignments: Assignments): GroupMemberInfo {
  const load = (member: GroupMemberInfo) => assignments.get(member.memberId)!.length
  return members
    .filter(({ topics }) => topics.includes(topic))
    .reduce((least, member) => (load(member) < load(least) ? member : least))
}

/** Low partitions of all topics first: those are kept (as Java's sticky assignors do). */
const byNumber = (a: TopicPartition, b: TopicPartition): number =>
  a.partition - b.partition || compareText(a.topic, b.topic)
