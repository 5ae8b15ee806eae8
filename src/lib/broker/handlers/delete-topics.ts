import { KafkaError } from '../../errors.ts'
import { DeleteTopics, type DeleteTopicsRequest } from '../../protocol/apis/delete-topics.ts'
import { ZERO_UUID } from '../../protocol/schema.ts'
import { handle, type RequestContext } from '../handle.ts'
import type { Topic } from '../state/cluster/types.ts'
import { refusalOf } from '../state/refusal.ts'
import { inTurns } from '../state/turns.ts'
import { mayOnCluster, requireRight } from './shared/rights.ts'

type Wanted = DeleteTopicsRequest['topics'][number]

/** The first version that has a code for a switched-off deletion, and the first that names topics by id. */
const DELETION_DISABLED_FROM = 3
const TOPIC_IDS_FROM = 6

export const deleteTopics = handle(DeleteTopics, 'each', async (request, context) => {
  const { broker, header } = context
  const wanted =
    header.apiVersion >= TOPIC_IDS_FROM
      ? request.topics
      : request.topicNames.map((name) => ({ name, topicId: ZERO_UUID }))
  const refusal = broker.config.boolean('delete.topic.enable')
    ? null
    : header.apiVersion >= DELETION_DISABLED_FROM
      ? 'TOPIC_DELETION_DISABLED'
      : 'INVALID_REQUEST'
  const responses = await inTurns(broker.turns, wanted, ({ name, topicId }) => {
    try {
      if (refusal) throw new KafkaError(refusal, 'Topic deletion is disabled.')
      const topic = find(context, { name, topicId })
      broker.cluster.removeTopic(topic.name)
      return { name: topic.name, topicId: topic.topicId }
    } catch (error) {
      return { name: name ?? describableName(context, topicId), topicId, ...refusalOf(error) }
    }
  })
  return { responses }
})

function find(context: RequestContext, { name, topicId }: Wanted): Topic {
  const { cluster } = context.broker
  if (name !== null && topicId !== ZERO_UUID)
    throw new KafkaError('INVALID_REQUEST', 'You may not specify both topic name and topic id.')
  if (name === null && topicId === ZERO_UUID)
    throw new KafkaError('INVALID_REQUEST', 'Neither topic name nor id were specified.')
  const mayDeleteAll = mayOnCluster(context, 'DELETE')
  if (name !== null && !mayDeleteAll) requireRight(context, 'DESCRIBE', 'TOPIC', name)
  const topic = name === null ? cluster.topicById(topicId) : cluster.topic(name)
  if (topic && !mayDeleteAll) requireRight(context, 'DELETE', 'TOPIC', topic.name)
  if (topic) return topic
  throw new KafkaError(
    name === null ? 'UNKNOWN_TOPIC_ID' : 'UNKNOWN_TOPIC_OR_PARTITION',
    name === null ? 'This server does not host this topic ID.' : 'This server does not host this topic-partition.',
  )
}

/** The name that belongs to an id, for those who may know it. */
function describableName(context: RequestContext, topicId: string): string | null {
  const name = context.broker.cluster.topicById(topicId)?.name
  return name !== undefined && context.isAllowed('DESCRIBE', 'TOPIC', name) ? name : null
}
