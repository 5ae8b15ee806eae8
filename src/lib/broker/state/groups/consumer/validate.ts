import { KafkaError } from '../../../../errors.ts'
import {
  LEAVE_EPOCH,
  LEAVE_STATIC_EPOCH,
  type ConsumerGroupHeartbeatRequest,
} from '../../../../protocol/apis/consumer-group-heartbeat.ts'
import { parseRe2 } from '../../../../protocol/re2/parse.ts'
import { Re2SyntaxError } from '../../../../protocol/re2/syntax.ts'
import type { GroupContext } from '../group-context.ts'

/** From this version on consumers choose their member ids themselves (KIP-1082). */
const OWN_MEMBER_ID_FROM = 1

/** Throws KafkaError INVALID_REQUEST or UNSUPPORTED_ASSIGNOR, in Kafka's words. */
export function requireValidHeartbeat(
  { settings }: GroupContext,
  request: ConsumerGroupHeartbeatRequest,
  apiVersion: number,
): void {
  const { groupId, memberId, memberEpoch, instanceId, rackId, serverAssignor } = request
  refuse(groupId.trim() === '', "GroupId can't be empty.")
  refuse(instanceId?.trim() === '', "InstanceId can't be empty.")
  refuse(rackId?.trim() === '', "RackId can't be empty.")
  refuse(memberId.trim() === '' && (apiVersion >= OWN_MEMBER_ID_FROM || memberEpoch !== 0), "MemberId can't be empty.")
  refuse(memberEpoch < LEAVE_STATIC_EPOCH, 'MemberEpoch is invalid.')
  refuse(memberEpoch === LEAVE_STATIC_EPOCH && instanceId === null, "InstanceId can't be null.")
  if (memberEpoch === 0) requireFull(request)
  if (serverAssignor !== null && !settings.consumerAssignors.some((name) => name === serverAssignor)) {
    const supported = settings.consumerAssignors.join(', ')
    throw new KafkaError(
      'UNSUPPORTED_ASSIGNOR',
      `ServerAssignor ${serverAssignor} is not supported. Supported assignors: ${supported}.`,
    )
  }
}

/** Throws KafkaError INVALID_REGULAR_EXPRESSION. */
export function requireValidRegex(regex: string): void {
  try {
    parseRe2(regex)
  } catch (error) {
    if (!(error instanceof Re2SyntaxError)) throw error
    throw new KafkaError(
      'INVALID_REGULAR_EXPRESSION',
      `SubscribedTopicRegex \`${regex}\` is not a valid regular expression: ${error.message}.`,
    )
  }
}

export function isLeaving({ memberEpoch }: ConsumerGroupHeartbeatRequest): boolean {
  return memberEpoch === LEAVE_EPOCH || memberEpoch === LEAVE_STATIC_EPOCH
}

/** Who joins says everything. */
function requireFull({
  rebalanceTimeoutMs,
  topicPartitions,
  subscribedTopicNames,
  subscribedTopicRegex,
}: ConsumerGroupHeartbeatRequest): void {
  refuse(rebalanceTimeoutMs === -1, 'RebalanceTimeoutMs must be provided in first request.')
  refuse(topicPartitions?.length !== 0, 'TopicPartitions must be empty when (re-)joining.')
  refuse(
    subscribedTopicNames === null && subscribedTopicRegex === null,
    'Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.',
  )
}

function refuse(isWrong: boolean, message: string): void {
  if (isWrong) throw new KafkaError('INVALID_REQUEST', message)
}
