import { OffsetFetch, type OffsetFetchRequest, type OffsetFetchResponse } from '../../protocol/apis/offset-fetch.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { ZERO_UUID, type Input } from '../../protocol/schema.ts'
import { handle, type RequestContext } from '../handle.ts'
import { namesTopicsById } from './shared/find-topic.ts'
import { coordinated } from './shared/coordinated.ts'
import { inTurns } from '../state/turns.ts'
import { firstByKey } from './shared/repeated.ts'
import { requireRight } from './shared/rights.ts'

/** From this version on one request asks for many groups (KIP-709). */
const BATCHED_FROM = 8
/** Before this version an error of the group is told for each partition. */
const GROUP_ERROR_FROM = 2

type GroupRequest = OffsetFetchRequest['groups'][number] & Pick<OffsetFetchRequest, 'requireStable'>
type TopicRequest = NonNullable<GroupRequest['topics']>[number]
type GroupAnswer = Input<OffsetFetchResponse['groups'][number]>
type TopicAnswer = NonNullable<GroupAnswer['topics']>[number]

export const offsetFetch = handle(OffsetFetch, 'each', async (request, context) => {
  const { apiVersion } = context.header
  const { requireStable } = request
  if (apiVersion >= BATCHED_FROM) {
    const groups = firstByKey(request.groups, ({ groupId }) => groupId)
    return {
      groups: await inTurns(context.broker.turns, groups, (group) => fetchGroup(context, { ...group, requireStable })),
    }
  }
  const wanted = request.topics?.map((topic) => ({ ...topic, topicId: ZERO_UUID })) ?? null
  const { topics = [], errorCode = ERRORS.NONE } = await fetchGroup(context, {
    groupId: request.groupId,
    memberId: null,
    memberEpoch: -1,
    topics: wanted,
    requireStable,
  })
  if (apiVersion < GROUP_ERROR_FROM && errorCode !== ERRORS.NONE)
    return { topics: (wanted ?? []).map((topic) => refusedTopic(topic, errorCode)) }
  return { topics: topics.map(({ name, partitions }) => ({ name, partitions })), errorCode }
})

async function fetchGroup(context: RequestContext, group: GroupRequest): Promise<GroupAnswer> {
  const { groupId, topics } = group
  const { turns } = context.broker
  return coordinated(
    async (): Promise<GroupAnswer> => {
      requireRight(context, 'DESCRIBE', 'GROUP', groupId)
      return {
        groupId,
        topics: topics
          ? await inTurns(turns, topics, (topic) => fetchTopic(context, group, topic))
          : fetchAll(context, group),
      }
    },
    ({ errorCode }) => ({ groupId, errorCode }),
    () => context.broker.groups.awaitCommit(groupId),
  )
}

function fetchTopic(context: RequestContext, group: GroupRequest, topic: TopicRequest): TopicAnswer {
  const { broker } = context
  const name = namesTopicsById(context) ? broker.cluster.topicById(topic.topicId)?.name : topic.name
  if (name === undefined) return refusedTopic(topic, ERRORS.UNKNOWN_TOPIC_ID)
  if (!context.isAllowed('DESCRIBE', 'TOPIC', name)) return refusedTopic(topic, ERRORS.TOPIC_AUTHORIZATION_FAILED)
  return {
    name: topic.name,
    topicId: topic.topicId,
    partitions: broker.groups.fetchOffsets(group, name, topic.partitionIndexes),
  }
}

/** Of topics that who asks may describe; by id, those that are gone cannot be told of. */
function fetchAll(context: RequestContext, group: GroupRequest): TopicAnswer[] {
  const { broker } = context
  const all = broker.groups.fetchAllOffsets(group).filter(({ name }) => context.isAllowed('DESCRIBE', 'TOPIC', name))
  if (!namesTopicsById(context)) return all
  return all.flatMap(({ name, partitions }) => {
    const topicId = broker.cluster.topic(name)?.topicId
    return topicId === undefined ? [] : [{ topicId, partitions }]
  })
}

function refusedTopic({ name, topicId, partitionIndexes }: TopicRequest, errorCode: number): TopicAnswer {
  return {
    name,
    topicId,
    partitions: partitionIndexes.map((partitionIndex) => ({ partitionIndex, committedOffset: -1n, errorCode })),
  }
}
