import {
  compareMembers,
  compareText,
  emptyAssignments,
  type Assignments,
  type Assignor,
  type GroupMemberInfo,
} from './types.ts'

/**
 * Topic by topic: each member gets a run of neighbouring partitions, the first members one more where it does not
 * divide.
 */
export const rangeAssignor: Assignor = {
  name: 'range',
  className: 'org.apache.kafka.clients.consumer.RangeAssignor',
  isCooperative: false,
  userData: () => null,
  assign(members, partitionCounts) {
    const assignments = emptyAssignments(members)
    for (const [topic, count] of [...partitionCounts].sort(([a], [b]) => compareText(a, b))) {
      assignTopic(
        topic,
        count,
        members.filter(({ topics }) => topics.includes(topic)).sort(compareMembers),
        assignments,
      )
    }
    return assignments
  },
}

function assignTopic(
  topic: string,
  count: number,
  members: readonly GroupMemberInfo[],
  assignments: Assignments,
): void {
  const each = Math.floor(count / members.length)
  const extra = count % members.length
  let next = 0
  members.forEach(({ memberId }, index) => {
    const end = next + each + (index < extra ? 1 : 0)
    for (; next < end; next += 1) assignments.get(memberId)!.push({ topic, partition: next })
  })
}
