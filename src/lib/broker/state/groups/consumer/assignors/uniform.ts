import { assignBalanced } from './balanced.ts'
import { isHomogeneous, type AssignableMember, type GroupToAssign } from './types.ts'

/**
 * Spreads partitions evenly, moving as few as it can. Where all members read the same topics each gets its share of
 * the total; where they do not, see assignBalanced.
 */
export function assignUniform(group: GroupToAssign): Map<string, Map<string, Set<number>>> {
  return group.members.length === 0 || isHomogeneous(group) ? assignShares(group) : assignBalanced(group)
}

function assignShares({ members, partitionCounts }: GroupToAssign): Map<string, Map<string, Set<number>>> {
  const total = [...partitionCounts.values()].reduce((sum, count) => sum + count, 0)
  const share = Math.floor(total / members.length)
  let extras = total % members.length
  const free = new Map(
    [...partitionCounts].map(([topicId, count]) => [
      topicId,
      new Set(Array.from({ length: count }, (_, index) => index)),
    ]),
  )
  const assignment = new Map<string, Map<string, Set<number>>>()
  const withRoom: { memberId: string; room: number }[] = []
  // Those who have more than a plain share come first, so that the extra partitions stay where they are.
  for (const member of [...members].sort((a, b) => Math.min(share + 1, held(b)) - Math.min(share + 1, held(a)))) {
    const quota = share + (extras > 0 ? 1 : 0)
    if (extras > 0) extras -= 1
    const kept = keep(member, quota, free)
    assignment.set(member.memberId, kept.partitions)
    if (kept.count < quota) withRoom.push({ memberId: member.memberId, room: quota - kept.count })
  }
  fillUp(assignment, withRoom, free)
  return assignment
}

function held({ assigned }: AssignableMember): number {
  let count = 0
  for (const partitions of assigned.values()) count += partitions.size
  return count
}

/** What a member may keep within its quota; this is no longer free. */
function keep(
  member: AssignableMember,
  quota: number,
  free: Map<string, Set<number>>,
): { partitions: Map<string, Set<number>>; count: number } {
  const partitions = new Map<string, Set<number>>()
  let count = 0
  for (const [topicId, indexes] of member.assigned) {
    for (const partition of indexes) {
      if (count === quota || !free.get(topicId)?.delete(partition)) continue
      add(partitions, topicId, partition)
      count += 1
    }
  }
  return { partitions, count }
}

function fillUp(
  assignment: Map<string, Map<string, Set<number>>>,
  withRoom: readonly { memberId: string; room: number }[],
  free: Map<string, Set<number>>,
): void {
  const left = [...free].flatMap(([topicId, partitions]) =>
    [...partitions].map((partition): [string, number] => [topicId, partition]),
  )
  let next = 0
  for (const { memberId, room } of withRoom) {
    for (const [topicId, partition] of left.slice(next, next + room)) add(assignment.get(memberId)!, topicId, partition)
    next += room
  }
}

function add(partitions: Map<string, Set<number>>, topicId: string, partition: number): void {
  const indexes = partitions.get(topicId)
  if (indexes) indexes.add(partition)
  else partitions.set(topicId, new Set([partition]))
}
