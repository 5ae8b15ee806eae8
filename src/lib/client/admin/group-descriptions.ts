import { ConsumerGroupDescribe, MEMBER_TYPES } from '../../protocol/apis/consumer-group-describe.ts'
import { DescribeGroups } from '../../protocol/apis/describe-groups.ts'
import { ShareGroupDescribe } from '../../protocol/apis/share-group-describe.ts'
import { StreamsGroupDescribe, type StreamsGroupDescribeResponse } from '../../protocol/apis/streams-group-describe.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { CONSUMER_PROTOCOL_TYPE } from '../../protocol/consumer-protocol.ts'
import { decodeAssignment, ifReadable } from '../group/consumer-protocol.ts'
import type { Describe, GroupDescription } from './describe-groups.ts'
import { itemError, type ItemError } from './item-error.ts'
import type { TopicPartition } from './leaders.ts'
import { findName, GROUP_STATES, type GroupState } from './list-groups.ts'

type Answer = GroupDescription | ItemError

/** Groups of the classic protocol. Before version 6 (KIP-1043) a broker calls a group that it does not know Dead. */
export const describeClassic: Describe = async (client, nodeId, groupIds) => {
  const { groups } = await client.send(DescribeGroups, { groups: groupIds }, { nodeId })
  return inOrder(groupIds, groups, ({ groupState, groupId, protocolData, protocolType, members }) => {
    if (groupState === 'Dead') return itemError(ERRORS.GROUP_ID_NOT_FOUND)!
    return {
      groupId,
      type: 'Classic',
      state: toState(groupState),
      assignor: protocolData,
      groupEpoch: null,
      assignmentEpoch: null,
      members: members.map(({ memberId, groupInstanceId, clientId, clientHost, memberAssignment }) => ({
        memberId,
        groupInstanceId,
        clientId,
        host: clientHost,
        epoch: null,
        targetAssignment: null,
        isUpgraded: null,
        assignment: protocolType === CONSUMER_PROTOCOL_TYPE ? readAssignment(memberAssignment) : [],
      })),
    }
  })
}

/** Groups of the consumer protocol (KIP-848). */
export const describeConsumer: Describe = async (client, nodeId, groupIds) => {
  const { groups } = await client.send(ConsumerGroupDescribe, { groupIds }, { nodeId })
  return inOrder(groupIds, groups, ({ groupId, groupState, assignorName, groupEpoch, assignmentEpoch, members }) => ({
    groupId,
    type: 'Consumer',
    state: toState(groupState),
    assignor: assignorName,
    groupEpoch,
    assignmentEpoch,
    members: members.map(
      ({ memberId, instanceId, clientId, clientHost, memberEpoch, assignment, targetAssignment, memberType }) => ({
        memberId,
        groupInstanceId: instanceId,
        clientId,
        host: clientHost,
        epoch: memberEpoch,
        assignment: flatten(assignment.topicPartitions),
        targetAssignment: flatten(targetAssignment.topicPartitions),
        isUpgraded: memberType < 0 ? null : memberType === MEMBER_TYPES.consumer,
      }),
    ),
  }))
}

/** Share groups (KIP-932). */
export const describeShare: Describe = async (client, nodeId, groupIds) => {
  const { groups } = await client.send(ShareGroupDescribe, { groupIds }, { nodeId })
  return inOrder(groupIds, groups, ({ groupId, groupState, assignorName, groupEpoch, assignmentEpoch, members }) => ({
    groupId,
    type: 'Share',
    state: toState(groupState),
    assignor: assignorName,
    groupEpoch,
    assignmentEpoch,
    members: members.map(({ memberId, clientId, clientHost, memberEpoch, assignment }) => ({
      memberId,
      groupInstanceId: null,
      clientId,
      host: clientHost,
      epoch: memberEpoch,
      assignment: flatten(assignment.topicPartitions),
      targetAssignment: null,
      isUpgraded: null,
    })),
  }))
}

type StreamsGroup = StreamsGroupDescribeResponse['groups'][number]
type Task = StreamsGroup['members'][number]['assignment']['activeTasks'][number]

/** Streams groups (KIP-1071). A task is told as the partitions that it reads. */
export const describeStreams: Describe = async (client, nodeId, groupIds) => {
  const { groups } = await client.send(StreamsGroupDescribe, { groupIds }, { nodeId })
  return inOrder(groupIds, groups, (group) => ({
    groupId: group.groupId,
    type: 'Streams',
    state: toState(group.groupState),
    assignor: '',
    groupEpoch: group.groupEpoch,
    assignmentEpoch: group.assignmentEpoch,
    members: group.members.map(
      ({ memberId, instanceId, clientId, clientHost, memberEpoch, assignment, targetAssignment }) => ({
        memberId,
        groupInstanceId: instanceId,
        clientId,
        host: clientHost,
        epoch: memberEpoch,
        assignment: partitionsOf(group, assignment.activeTasks),
        targetAssignment: partitionsOf(group, targetAssignment.activeTasks),
        isUpgraded: null,
      }),
    ),
  }))
}

/** A task of a subtopology reads the partition of its number of every source topic. */
function partitionsOf({ topology }: StreamsGroup, tasks: readonly Task[]): TopicPartition[] {
  const sources = new Map(
    topology?.subtopologies?.map(({ subtopologyId, sourceTopics, repartitionSourceTopics }) => [
      subtopologyId,
      [...sourceTopics, ...repartitionSourceTopics.map(({ name }) => name)],
    ]),
  )
  return tasks.flatMap(({ subtopologyId, partitions }) =>
    (sources.get(subtopologyId) ?? []).flatMap((topic) => partitions.map((partition) => ({ topic, partition }))),
  )
}

function inOrder<G extends { groupId: string; errorCode: number; errorMessage: string | null }>(
  groupIds: readonly string[],
  groups: readonly G[],
  read: (group: G) => Answer,
): Answer[] {
  const found = new Map(groups.map((group) => [group.groupId, group]))
  return groupIds.map((groupId) => {
    const group = found.get(groupId)
    if (!group) return itemError(ERRORS.UNKNOWN_SERVER_ERROR, 'The coordinator has not answered for this group')!
    return itemError(group.errorCode, group.errorMessage) ?? read(group)
  })
}

/** A state of a later Kafka counts as one with members in it, so that nothing is changed behind its back. */
const toState = (name: string): GroupState => findName(GROUP_STATES, name) ?? 'Stable'

/** What is not Kafka's format is shown as nothing. */
const readAssignment = (bytes: Buffer): TopicPartition[] => ifReadable(decodeAssignment, bytes) ?? []

const flatten = (topics: readonly { topicName: string; partitions: readonly number[] }[]): TopicPartition[] =>
  topics.flatMap(({ topicName, partitions }) => partitions.map((partition) => ({ topic: topicName, partition })))
