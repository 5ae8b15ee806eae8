import { partitionName } from '../../topic-partition.ts'
import {
  decodeCooperativeUserData,
  decodeStickyUserData,
  encodeCooperativeUserData,
  encodeStickyUserData,
  type PreviousAssignment,
} from '../sticky-user-data.ts'
import { keepAndBalance } from './keep-and-balance.ts'
import type { Assignments, Assignor, GroupMemberInfo } from './types.ts'

/** Members let go of everything before they join, so what they had travels as user data. */
export const stickyAssignor: Assignor = {
  name: 'sticky',
  className: 'org.apache.kafka.clients.consumer.StickyAssignor',
  isCooperative: false,
  userData: (owned, generation) =>
    owned.length === 0 && generation < 0 ? null : encodeStickyUserData({ partitions: owned, generation }),
  assign: (members, partitionCounts) =>
    keepAndBalance(members, partitionCounts, ({ userData }) => decodeStickyUserData(userData)),
}

/**
 * Members go on reading; a partition that changes hands is left out until its owner has given it up, in the next round
 * (KIP-429).
 */
export const cooperativeStickyAssignor: Assignor = {
  name: 'cooperative-sticky',
  className: 'org.apache.kafka.clients.consumer.CooperativeStickyAssignor',
  isCooperative: true,
  userData: (_owned, generation) => encodeCooperativeUserData(generation),
  assign(members, partitionCounts) {
    const assignments = keepAndBalance(members, partitionCounts, previousOf)
    holdBack(members, assignments)
    return assignments
  },
}

/** Subscriptions before version 2 carry their generation as user data. */
function previousOf({ ownedPartitions, generationId, userData }: GroupMemberInfo): PreviousAssignment {
  return {
    partitions: ownedPartitions,
    generation: generationId >= 0 ? generationId : decodeCooperativeUserData(userData),
  }
}

function holdBack(members: readonly GroupMemberInfo[], assignments: Assignments): void {
  const owners = new Map(
    members.flatMap(({ memberId, ownedPartitions }) =>
      ownedPartitions.map((partition) => [partitionName(partition), memberId] as const),
    ),
  )
  for (const [memberId, partitions] of assignments) {
    assignments.set(
      memberId,
      partitions.filter((partition) => {
        const owner = owners.get(partitionName(partition))
        return owner === undefined || owner === memberId
      }),
    )
  }
}
