import { MEMBER_TYPES, type ConsumerGroupDescribeResponse } from '../../../../protocol/apis/consumer-group-describe.ts'
import type { Input } from '../../../../protocol/schema.ts'
import type { GroupContext } from '../group-context.ts'
import { listPartitions, type OwnedPartitions, type Partitions } from './assignment.ts'
import type { ConsumerGroup } from './group.ts'
import type { ConsumerMember } from './member.ts'

export type DescribedConsumerGroup = Input<ConsumerGroupDescribeResponse['groups'][number]>

export function describeConsumerGroup(context: GroupContext, group: ConsumerGroup): DescribedConsumerGroup {
  return {
    groupId: group.groupId,
    groupState: group.state,
    groupEpoch: group.groupEpoch,
    assignmentEpoch: group.assignmentEpoch,
    assignorName: group.preferredAssignor() ?? context.settings.consumerAssignors[0] ?? '',
    members: [...group.members.values()].map((member) => describeMember(context, group, member)),
  }
}

function describeMember(context: GroupContext, group: ConsumerGroup, member: ConsumerMember) {
  const {
    memberId,
    instanceId,
    rackId,
    memberEpoch,
    clientId,
    clientHost,
    subscribedTopicNames,
    subscribedTopicRegex,
  } = member
  return {
    memberId,
    instanceId,
    rackId,
    memberEpoch,
    clientId,
    clientHost,
    subscribedTopicNames,
    subscribedTopicRegex,
    assignment: { topicPartitions: named(context, member.assigned) },
    targetAssignment: { topicPartitions: named(context, group.targetOf(member)) },
    memberType: member.classic ? MEMBER_TYPES.classic : MEMBER_TYPES.consumer,
  }
}

/** Topics that are gone have no name to be shown by. */
function named({ topics }: GroupContext, partitions: Partitions | OwnedPartitions) {
  return listPartitions(partitions).flatMap((listed) => {
    const topicName = topics.topicName(listed.topicId)
    return topicName === null ? [] : [{ ...listed, topicName }]
  })
}
