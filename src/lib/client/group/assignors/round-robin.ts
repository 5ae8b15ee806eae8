import { compareMembers, emptyAssignments, wantedPartitions, type Assignor } from './types.ts'

/**
 * All partitions of all topics in one row, dealt to the members in turn; a member that does not want the topic is
 * passed over.
 */
export const roundRobinAssignor: Assignor = {
  name: 'roundrobin',
  className: 'org.apache.kafka.clients.consumer.RoundRobinAssignor',
  isCooperative: false,
  userData: () => null,
  assign(members, partitionCounts) {
    const assignments = emptyAssignments(members)
    const circle = [...members].sort(compareMembers)
    let turn = 0
    for (const partition of wantedPartitions(members, partitionCounts)) {
      while (!circle[turn % circle.length]!.topics.includes(partition.topic)) turn += 1
      assignments.get(circle[turn % circle.length]!.memberId)!.push(partition)
      turn += 1
    }
    return assignments
  },
}
