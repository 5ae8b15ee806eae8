import { Metadata, type MetadataResponse } from '../../protocol/apis/metadata.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { ZERO_UUID, type Input } from '../../protocol/schema.ts'
import { handle, type RequestContext } from '../handle.ts'
import type { Broker } from '../state/broker.ts'
import { isInternalTopic, topicNameProblem } from '../../protocol/topic-names.ts'
import type { PartitionRegistration, Topic } from '../state/cluster/types.ts'
import { isOnlineReplica } from '../state/partition-lookup.ts'
import { autoCreateTopic } from '../state/topic-creation.ts'
import { inTurns } from '../state/turns.ts'
import { endpointOf, type NodeEndpoint } from './shared/leader-endpoints.ts'
import { firstByKey } from './shared/repeated.ts'
import { authorizedClusterOperations, authorizedOperations, mayOnCluster } from './shared/rights.ts'

type TopicAnswer = Input<MetadataResponse['topics'][number]>

export const metadata = handle(Metadata, 'each', async (request, context) => {
  const { broker, header } = context
  const { cluster } = broker
  // Version 0 has no null: there the empty list asks for all.
  const wantsAll = request.topics === null || (header.apiVersion === 0 && request.topics.length === 0)
  const found = wantsAll
    ? await inTurns(
        broker.turns,
        [...cluster.topics()].filter(({ name }) => context.wouldBeAllowed('DESCRIBE', 'TOPIC', name)),
        (topic) => describe(topic, broker),
      )
    : await inTurns(
        broker.turns,
        firstByKey(request.topics!, ({ name, topicId }) => `${topicId} ${name}`),
        ({ name, topicId }) => find(name, topicId, request.allowAutoTopicCreation, context),
      )
  const brokers = cluster.brokers().flatMap(({ nodeId }) => endpointOf(context, nodeId) ?? [])
  return {
    brokers,
    clusterId: cluster.clusterId,
    controllerId: controllerFor(brokers, broker),
    topics: request.includeTopicAuthorizedOperations ? found.map((topic) => withOperations(topic, context)) : found,
    ...(request.includeClusterAuthorizedOperations && {
      clusterAuthorizedOperations: authorizedClusterOperations(context),
    }),
  }
})

/** Clients cannot reach a controller that is no broker; any broker takes to it what they ask (KRaftMetadataCache). */
function controllerFor(brokers: readonly NodeEndpoint[], { cluster, nodeId }: Broker): number {
  const isTold = (id: number): boolean => brokers.some((broker) => broker.nodeId === id)
  return [cluster.controllerId, nodeId].find(isTold) ?? brokers[0]?.nodeId ?? -1
}

function withOperations(topic: TopicAnswer, context: RequestContext): TopicAnswer {
  if (topic.errorCode && topic.errorCode !== ERRORS.UNKNOWN_TOPIC_OR_PARTITION) return topic
  return { ...topic, topicAuthorizedOperations: authorizedOperations(context, 'TOPIC', topic.name!) }
}

function find(name: string | null, topicId: string, mayCreate: boolean, context: RequestContext): TopicAnswer {
  const { broker } = context
  if (topicId !== ZERO_UUID) return findById(topicId, context)
  // Whether there is a topic of this name is not told to who may not describe it.
  if (!context.isAllowed('DESCRIBE', 'TOPIC', name ?? ''))
    return { errorCode: ERRORS.TOPIC_AUTHORIZATION_FAILED, name, isInternal: false }
  const known = broker.cluster.topic(name ?? '')
  if (known) return describe(known, broker)
  const isInternal = isInternalTopic(name ?? '')
  const creates = mayCreate && broker.config.boolean('auto.create.topics.enable')
  if (creates && !mayOnCluster(context, 'CREATE') && !context.isAllowed('CREATE', 'TOPIC', name ?? ''))
    return { errorCode: ERRORS.TOPIC_AUTHORIZATION_FAILED, name, isInternal }
  if (name === null || topicNameProblem(name) !== null)
    return { errorCode: ERRORS.INVALID_TOPIC_EXCEPTION, name: name ?? '', isInternal }
  if (!mayCreate) return { errorCode: ERRORS.UNKNOWN_TOPIC_OR_PARTITION, name, isInternal }
  const created = autoCreateTopic(broker, name)
  return typeof created === 'string' ? { errorCode: ERRORS[created], name, isInternal } : describe(created, broker)
}

function findById(topicId: string, context: RequestContext): TopicAnswer {
  const topic = context.broker.cluster.topicById(topicId)
  if (!topic) return { errorCode: ERRORS.UNKNOWN_TOPIC_ID, name: null, topicId }
  if (context.isAllowed('DESCRIBE', 'TOPIC', topic.name)) return describe(topic, context.broker)
  return { errorCode: ERRORS.TOPIC_AUTHORIZATION_FAILED, name: null, topicId }
}

function describe({ name, topicId, isInternal, partitions }: Topic, broker: Broker): TopicAnswer {
  return {
    name,
    topicId,
    isInternal,
    partitions: partitions.map((partition) => describePartition(name, partition, broker)),
  }
}

function describePartition(topic: string, registration: PartitionRegistration, broker: Broker) {
  const { partition, leader, leaderEpoch, replicas, isr } = registration
  const isAlive = (nodeId: number): boolean => isOnlineReplica(broker, topic, registration, nodeId)
  return {
    errorCode: isAlive(leader) ? ERRORS.NONE : ERRORS.LEADER_NOT_AVAILABLE,
    partitionIndex: partition,
    leaderId: isAlive(leader) ? leader : -1,
    leaderEpoch,
    replicaNodes: [...replicas],
    isrNodes: [...isr],
    offlineReplicas: replicas.filter((nodeId) => !isAlive(nodeId)),
  }
}
