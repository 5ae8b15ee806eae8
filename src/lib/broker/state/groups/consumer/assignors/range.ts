import type { AssignableMember, GroupToAssign } from './types.ts'

/**
 * Co-partitions topics: members in a fixed order (static ones first, by instance id, the others by member id) get
 * consecutive partitions of each topic, the first ones one more where it does not divide.
 */
export function assignRange({ members, partitionCounts }: GroupToAssign): Map<string, Map<string, Set<number>>> {
  const ordered = [...members].sort(byInstanceThenId)
  const assignment = new Map(ordered.map(({ memberId }) => [memberId, new Map<string, Set<number>>()]))
  for (const [topicId, partitionCount] of partitionCounts) {
    const subscribers = ordered.filter(({ topicIds }) => topicIds.has(topicId))
    let start = 0
    subscribers.forEach(({ memberId }, index) => {
      const size =
        Math.floor(partitionCount / subscribers.length) + (index < partitionCount % subscribers.length ? 1 : 0)
      if (size > 0)
        assignment.get(memberId)!.set(topicId, new Set(Array.from({ length: size }, (_, offset) => start + offset)))
      start += size
    })
  }
  return assignment
}

function byInstanceThenId(a: AssignableMember, b: AssignableMember): number {
  if (a.instanceId !== null && b.instanceId !== null) return compare(a.instanceId, b.instanceId)
  if (a.instanceId !== null) return -1
  if (b.instanceId !== null) return 1
  return compare(a.memberId, b.memberId)
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
