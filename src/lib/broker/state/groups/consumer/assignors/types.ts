import type { Partitions } from '../assignment.ts'

export interface AssignableMember {
  readonly memberId: string
  readonly instanceId: string | null
  /** Ids of subscribed topics that exist. */
  readonly topicIds: ReadonlySet<string>
  /** What the target so far gives it. */
  readonly assigned: Partitions
}

export interface GroupToAssign {
  readonly members: readonly AssignableMember[]
  /** Partition counts of all subscribed topics. */
  readonly partitionCounts: ReadonlyMap<string, number>
}

/**
 * Gives every partition of a subscribed topic to one subscriber. Each member is in the result, perhaps with nothing.
 */
export type Assignor = (group: GroupToAssign) => Map<string, Partitions>

/** Whether all members read the same topics. */
export function isHomogeneous({ members }: GroupToAssign): boolean {
  const [first, ...others] = members
  return others.every(
    ({ topicIds }) => topicIds.size === first!.topicIds.size && [...topicIds].every((id) => first!.topicIds.has(id)),
  )
}
