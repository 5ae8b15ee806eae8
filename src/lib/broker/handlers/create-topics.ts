import { KafkaError } from '../../errors.ts'
import { CreateTopics, type CreateTopicsRequest, type CreateTopicsResponse } from '../../protocol/apis/create-topics.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { ZERO_UUID, type Input } from '../../protocol/schema.ts'
import { handle, type RequestContext } from '../handle.ts'
import { refusalOf } from '../state/refusal.ts'
import { createTopic, partitionTotalCheck, planTopic, type PlannedTopic } from '../state/topic-creation.ts'
import type { NewTopic } from '../state/cluster/new-topic.ts'
import { inTurns } from '../state/turns.ts'
import { firstByKey, repeatedIn } from './shared/repeated.ts'
import { mayOnCluster } from './shared/rights.ts'

type TopicRequest = CreateTopicsRequest['topics'][number]
type TopicAnswer = Input<CreateTopicsResponse['topics'][number]>

export const createTopics = handle(CreateTopics, 'each', async (request, context) => {
  const { broker } = context
  const mayCreateAll = mayOnCluster(context, 'CREATE')
  const repeated = repeatedIn(request.topics.map(({ name }) => name))
  const defaultCount = broker.config.number('num.partitions')
  const counts = request.topics
    .filter(({ name }) => !repeated.has(name))
    .map(
      ({ numPartitions, assignments }) => assignments.length || (numPartitions === -1 ? defaultCount : numPartitions),
    )
  const checkTotal = partitionTotalCheck(counts)
  const topics = await inTurns(
    broker.turns,
    firstByKey(request.topics, ({ name }) => name),
    (topic) => {
      try {
        if (repeated.has(topic.name)) throw new KafkaError('INVALID_REQUEST', `Duplicate topic name.`)
        if (!mayCreateAll && !context.isAllowed('CREATE', 'TOPIC', topic.name))
          throw new KafkaError('TOPIC_AUTHORIZATION_FAILED', 'Authorization failed.')
        checkTotal()
        const planned = planTopic(broker, newTopic(topic))
        const topicId = request.validateOnly ? ZERO_UUID : createTopic(broker, planned).topicId
        return created(context, planned, topicId)
      } catch (error) {
        return { name: topic.name, ...refusalOf(error), configs: [] }
      }
    },
  )
  return { topics }
})

/** Throws KafkaError where counts and assignments exclude each other. */
function newTopic({ name, numPartitions, replicationFactor, assignments, configs }: TopicRequest): NewTopic {
  if (assignments.length > 0 && replicationFactor !== -1) {
    throw new KafkaError(
      'INVALID_REQUEST',
      'A manual partition assignment was specified, but replication factor was not set to -1.',
    )
  }
  if (assignments.length > 0 && numPartitions !== -1) {
    throw new KafkaError(
      'INVALID_REQUEST',
      'A manual partition assignment was specified, but numPartitions was not set to -1.',
    )
  }
  const missing = configs.find(({ value }) => value === null)
  if (missing) throw new KafkaError('INVALID_CONFIG', `Null value not supported for topic configs: ${missing.name}`)
  return {
    name,
    numPartitions,
    replicationFactor,
    assignments: assignments.length > 0 ? inOrder(assignments) : null,
    configs: new Map(configs.map((config) => [config.name, config.value!])),
  }
}

function inOrder(assignments: TopicRequest['assignments']): number[][] {
  const sorted = [...assignments].sort((a, b) => a.partitionIndex - b.partitionIndex)
  if (sorted.some(({ partitionIndex }, index) => partitionIndex !== index)) {
    throw new KafkaError('INVALID_REPLICA_ASSIGNMENT', 'partitions should be a consecutive 0-based integer sequence')
  }
  return sorted.map(({ brokerIds }) => brokerIds)
}

/** What it is like is told to those who may see its settings (KIP-525). */
function created(context: RequestContext, { name, partitions, configs }: PlannedTopic, topicId: string): TopicAnswer {
  if (!context.wouldBeAllowed('DESCRIBE_CONFIGS', 'TOPIC', name)) {
    const topicConfigErrorCode = ERRORS.TOPIC_AUTHORIZATION_FAILED
    return { name, topicId, errorMessage: null, topicConfigErrorCode, configs: [] }
  }
  const resolved = context.broker.topicConfigs.resolve(configs)
  return {
    name,
    topicId,
    errorMessage: null,
    numPartitions: partitions.length,
    replicationFactor: partitions[0]!.replicas.length,
    configs: resolved.map((entry) => ({
      name: entry.name,
      value: entry.value,
      readOnly: entry.readOnly,
      configSource: entry.source,
      isSensitive: entry.isSensitive,
    })),
  }
}
