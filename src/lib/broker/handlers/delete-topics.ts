import { KafkaError } from '../../errors.ts'
import { DeleteTopics, type DeleteTopicsRequest } from '../../protocol/apis/delete-topics.ts'
import { ZERO_UUID, type Input, type Message } from '../../protocol/schema.ts'
import { handle, type RequestContext } from '../handle.ts'
import type { Topic } from '../state/cluster/types.ts'
import { refusalOf } from '../state/refusal.ts'
import { inTurns } from '../state/turns.ts'
import { firstByKey, repeatedIn } from './shared/repeated.ts'
import { mayOnCluster, requireRight } from './shared/rights.ts'

type Wanted = DeleteTopicsRequest['topics'][number]
type Answer = Input<Message<typeof DeleteTopics.fields.response>['responses'][number]>

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
  const repeated = repeatedIn(wanted.map(keyOf))
  const ids = new Set(wanted.filter(isById).map(({ topicId }) => topicId))
  /** Ids of topics that are named as well: neither of the two is deleted, and one answer is for both. */
  const alsoNamed = new Set<string>()
  const answer = (topic: Wanted): Answer[] => {
    const { name, topicId } = topic
    try {
      if (refusal) throw new KafkaError(refusal, 'Topic deletion is disabled.')
      checkReference(topic, repeated)
      const found = find(context, topic)
      if (isById(topic) && alsoNamed.has(topicId)) return []
      if (!isById(topic) && ids.has(found.topicId)) {
        alsoNamed.add(found.topicId)
        return [{ name, topicId: found.topicId, ...refusalOf(NAMED_TWICE) }]
      }
      broker.cluster.removeTopic(found.name)
      return [{ name: found.name, topicId: found.topicId }]
    } catch (error) {
      const isDuplicate = repeated.has(keyOf(topic))
      return [{ name: name ?? (isDuplicate ? null : describableName(context, topicId)), topicId, ...refusalOf(error) }]
    }
  }
  // Who names a topic and gives its id learns no more than who does one of them.
  const namesFirst = [...wanted.filter((topic) => !isById(topic)), ...wanted.filter(isById)]
  const answers = await inTurns(broker.turns, firstByKey(namesFirst, keyOf), answer)
  return { responses: answers.flat() }
})

const NAMED_TWICE = new KafkaError(
  'INVALID_REQUEST',
  'The provided topic name maps to an ID that was already supplied.',
)

const isById = ({ name }: Wanted): boolean => name === null
const keyOf = ({ name, topicId }: Wanted): string => `${topicId} ${name ?? ''}`

function checkReference(topic: Wanted, repeated: ReadonlySet<string>): void {
  if (topic.name !== null && topic.topicId !== ZERO_UUID)
    throw new KafkaError('INVALID_REQUEST', 'You may not specify both topic name and topic id.')
  if (topic.name === null && topic.topicId === ZERO_UUID)
    throw new KafkaError('INVALID_REQUEST', 'Neither topic name nor id were specified.')
  if (repeated.has(keyOf(topic)))
    throw new KafkaError('INVALID_REQUEST', `Duplicate topic ${isById(topic) ? 'id' : 'name'}.`)
}

function find(context: RequestContext, { name, topicId }: Wanted): Topic {
  const { cluster } = context.broker
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
