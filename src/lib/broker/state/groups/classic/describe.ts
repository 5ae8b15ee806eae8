import type { DescribeGroupsResponse } from '../../../../protocol/apis/describe-groups.ts'
import type { Input } from '../../../../protocol/schema.ts'
import type { ClassicGroup } from './group.ts'

export type DescribedGroup = Input<DescribeGroupsResponse['groups'][number]>

/** What members say about themselves is told of a stable group only: before that they may not agree on a protocol. */
export function describeClassicGroup(group: ClassicGroup): DescribedGroup {
  const isStable = group.isIn('Stable')
  return {
    groupId: group.groupId,
    groupState: group.state,
    protocolType: group.protocolType ?? '',
    protocolData: isStable ? (group.protocolName ?? '') : '',
    members: [...group.members.values()].map((member) => ({
      memberId: member.memberId,
      groupInstanceId: member.groupInstanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      memberMetadata: isStable ? member.metadata(group.protocolName) : Buffer.alloc(0),
      memberAssignment: member.assignment,
    })),
  }
}
