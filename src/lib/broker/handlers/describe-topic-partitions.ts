import {
  DescribeTopicPartitions,
  type DescribeTopicPartitionsRequest,
  type DescribeTopicPartitionsResponse,
} from '../../protocol/apis/describe-topic-partitions.ts'
import { ERRORS } from '../../protocol/errors.ts'
import type { Input } from '../../protocol/schema.ts'
import { handle, type RequestContext } from '../handle.ts'
import { authorizedOperations } from './shared/rights.ts'
import { isInternalTopic, topicNameProblem } from '../../protocol/topic-names.ts'
import type { PartitionRegistration } from '../state/cluster/types.ts'
import { isOnlineReplica } from '../state/partition-lookup.ts'

type TopicAnswer = Input<DescribeTopicPartitionsResponse['topics'][number]>
const NO_LEADER = -1

type Cursor = DescribeTopicPartitionsRequest['cursor']

/**
 * Topics in order of their names, so many partitions at a time; the cursor says where the next page begins (KIP-966).
 */
export const describeTopicPartitions = handle(DescribeTopicPartitions, 'each', async (request, context) => {
  const { broker } = context
  const { cursor, topics } = request
  const asked = topics.length === 0 ? broker.cluster.topicNames() : [...new Set(topics.map(({ name }) => name))].sort()
  const wanted = asked.filter((name) => !cursor || name >= cursor.topicName)
  const names = wanted.filter((name) => context.isAllowed('DESCRIBE', 'TOPIC', name))
  let room = Math.max(
    1,
    Math.min(request.responsePartitionLimit, broker.config.number('max.request.partition.size.limit')),
  )
  const page: TopicAnswer[] = []
  const hidden = topics.length === 0 ? [] : wanted.filter((name) => !names.includes(name)).map(refused)
  for (const name of names) {
    const first = cursor?.topicName === name ? cursor.partitionIndex : 0
    if (room === 0) return { topics: [...page, ...hidden], nextCursor: { topicName: name, partitionIndex: first } }
    const { answer, next } = describe(context, name, first, room)
    page.push(answer)
    room -= answer.partitions?.length ?? 0
    if (next) return { topics: [...page, ...hidden], nextCursor: next }
    await broker.turns.pause()
  }
  return { topics: [...page, ...hidden], nextCursor: null }
})

/** Whether there is such a topic is not told. */
const refused = (name: string): TopicAnswer => ({ errorCode: ERRORS.TOPIC_AUTHORIZATION_FAILED, name })

function describe(
  context: RequestContext,
  name: string,
  first: number,
  room: number,
): { answer: TopicAnswer; next: Cursor } {
  const { broker } = context
  const topic = broker.cluster.topic(name)
  const topicAuthorizedOperations = authorizedOperations(context, 'TOPIC', name)
  if (!topic) {
    const errorCode = topicNameProblem(name) ? ERRORS.INVALID_TOPIC_EXCEPTION : ERRORS.UNKNOWN_TOPIC_OR_PARTITION
    return { answer: { errorCode, name, isInternal: isInternalTopic(name), topicAuthorizedOperations }, next: null }
  }
  const end = Math.min(topic.partitions.length, first + room)
  return {
    answer: {
      name,
      topicId: topic.topicId,
      isInternal: topic.isInternal,
      topicAuthorizedOperations,
      partitions: topic.partitions
        .slice(first, end)
        .map((each) => describePartition(each, (replica) => isOnlineReplica(broker, name, each, replica))),
    },
    next: end < topic.partitions.length ? { topicName: name, partitionIndex: end } : null,
  }
}

const describePartition = (
  { partition, leader, leaderEpoch, replicas, isr, elr, lastKnownElr }: PartitionRegistration,
  isAlive: (replica: number) => boolean,
) => ({
  errorCode: isAlive(leader) ? ERRORS.NONE : ERRORS.LEADER_NOT_AVAILABLE,
  partitionIndex: partition,
  leaderId: isAlive(leader) ? leader : NO_LEADER,
  leaderEpoch,
  replicaNodes: [...replicas],
  isrNodes: [...isr],
  eligibleLeaderReplicas: [...elr],
  lastKnownElr: [...lastKnownElr],
  offlineReplicas: replicas.filter((replica) => !isAlive(replica)),
})
