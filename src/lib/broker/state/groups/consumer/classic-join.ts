import { randomUUID } from 'node:crypto'
import { KafkaError, MalformedError } from '../../../../errors.ts'
import type { JoinGroupRequest } from '../../../../protocol/apis/join-group.ts'
import type { Caller } from '../caller.ts'
import { MEMBER_ID_REQUIRED_FROM } from '../classic/join.ts'
import type { JoinAnswer } from '../classic/member.ts'
import { commit } from '../commit.ts'
import { CONSUMER_PROTOCOL_TYPE, type ConsumerSubscription } from '../../../../protocol/consumer-protocol.ts'
import { readSubscription } from '../consumer-protocol.ts'
import type { GroupContext } from '../group-context.ts'
import type { GroupRecord } from '../records.ts'
import { advance } from './advance.ts'
import type { TopicPartitions } from './assignment.ts'
import { canDowngradeWithout, downgrade } from './downgrade.ts'
import { enterAsStatic, requireRoom, requireStatic } from './enter.ts'
import { expectSession, removeAfter } from './fence.ts'
import type { ConsumerGroup } from './group.ts'
import { markFresh } from './heartbeat.ts'
import { newMember, sortedNames, type ConsumerMember } from './member.ts'
import { cancelDeadline } from './timers.ts'

/**
 * A member of the classic protocol joins a consumer group. It gets what is its own at once, nobody waits for it, and
 * its epoch is its generation. Throws KafkaError when it may not.
 */
export function joinConsumerGroup(
  context: GroupContext,
  group: ConsumerGroup,
  request: JoinGroupRequest,
  caller: Caller,
): JoinAnswer {
  const { groupInstanceId, protocolType, protocols } = request
  const memberId = request.memberId || randomUUID()
  requireRoom(context, group, memberId)
  if (
    !group.supportsClassicProtocols(
      protocolType,
      protocols.map(({ name }) => name),
    )
  )
    throw new KafkaError('INCONSISTENT_GROUP_PROTOCOL')
  if (request.memberId === '' && groupInstanceId === null && caller.apiVersion >= MEMBER_ID_REQUIRED_FROM) {
    return { error: 'MEMBER_ID_REQUIRED', memberId }
  }
  const subscription = readFirst(request)
  const replaced = groupInstanceId === null ? undefined : group.staticMember(groupInstanceId)
  const records: GroupRecord[] = []
  const { member: before, replacedId } = whoJoins(group, memberId, request, records)
  const said = withWhatItSays(before, request, subscription, caller)
  if (replaced && replacedId !== null && canDowngradeWithout(context, group, new Set([replacedId]), 1)) {
    return joinDowngraded(context, group, said, replacedId)
  }
  const reported = topicIdsOfOwned(context, subscription)
  const { member } = advance(
    context,
    group,
    { before, said, replacedId, reported, mayDescribe: caller.mayDescribe },
    records,
  )
  commit(context, group.groupId, records)
  markFresh(context, group.groupId)
  cancelDeadline(context, 'consumer join', group.groupId, memberId)
  expectSession(context, group.groupId, member)
  removeAfter(context, 'consumer sync', group.groupId, memberId, request.rebalanceTimeoutMs)
  return answer(member, member.memberEpoch, protocols[0]!.name)
}

function answer({ memberId }: ConsumerMember, generationId: number, protocolName: string | null): JoinAnswer {
  // Nobody leads: the assignment is the coordinator's.
  return {
    error: 'NONE',
    memberId,
    generationId,
    protocolType: CONSUMER_PROTOCOL_TYPE,
    protocolName,
    leader: '',
    members: [],
  }
}

function readFirst({ protocols }: JoinGroupRequest): ConsumerSubscription {
  try {
    return readSubscription(protocols[0]!.metadata)
  } catch (error) {
    if (error instanceof MalformedError) throw new KafkaError('INCONSISTENT_GROUP_PROTOCOL')
    throw error
  }
}

function whoJoins(
  group: ConsumerGroup,
  memberId: string,
  request: JoinGroupRequest,
  records: GroupRecord[],
): { member: ConsumerMember; replacedId: string | null } {
  const { groupInstanceId } = request
  if (groupInstanceId === null) return { member: group.members.get(memberId) ?? newMember(memberId), replacedId: null }
  if (request.memberId === '') return enterAsStatic(group, memberId, groupInstanceId, true, records)
  return { member: requireStatic(group, memberId, groupInstanceId), replacedId: null }
}

function withWhatItSays(
  member: ConsumerMember,
  request: JoinGroupRequest,
  { topics, rackId }: ConsumerSubscription,
  { clientId, clientHost }: Caller,
): ConsumerMember {
  return {
    ...member,
    clientId,
    clientHost,
    instanceId: request.groupInstanceId ?? member.instanceId,
    rackId: rackId || member.rackId,
    rebalanceTimeoutMs: request.rebalanceTimeoutMs,
    subscribedTopicNames: sortedNames(topics),
    subscribedTopicRegex: '',
    classic: { sessionTimeoutMs: request.sessionTimeoutMs, protocols: request.protocols },
  }
}

function topicIdsOfOwned({ topics }: GroupContext, { ownedPartitions }: ConsumerSubscription): TopicPartitions {
  return ownedPartitions.flatMap(({ topic, partitions }) => {
    const topicId = topics.topicId(topic)
    return topicId === null ? [] : [{ topicId, partitions }]
  })
}

/** With the last consumer's place taken by a classic member, the group is a classic one. */
function joinDowngraded(
  context: GroupContext,
  group: ConsumerGroup,
  joining: ConsumerMember,
  replacedId: string,
): JoinAnswer {
  const before = group.members.get(replacedId)!
  const sameTopics =
    before.subscribedTopicRegex === '' && before.subscribedTopicNames.join() === joining.subscribedTopicNames.join()
  const mustRebalance = group.groupEpoch > group.assignmentEpoch || !sameTopics
  const classic = downgrade(context, group, { leaving: new Set([replacedId]), joining, mustRebalance })
  return answer(joining, classic.generationId, classic.protocolName)
}
