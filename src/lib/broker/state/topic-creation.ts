import { KafkaError, kafkaErrorOf } from '../../errors.ts'
import type { ErrorName } from '../../protocol/errors.ts'
import type { BrokerState } from './broker.ts'
import { CLUSTER_METADATA_TOPIC, topicNameProblem } from '../../protocol/topic-names.ts'
import type { Cluster } from './cluster/cluster.ts'
import type { NewTopic } from './cluster/new-topic.ts'
import { checkReplicas, placeReplicas, refusedAssignment } from './cluster/placement.ts'
import type { PartitionRegistration, Topic } from './cluster/types.ts'
import { randomUuid } from '../../protocol/uuid.ts'

export interface PlannedTopic extends NewTopic {
  readonly partitions: readonly PartitionRegistration[]
}

/** As many as one request may ask for in all (ReplicationControlManager.MAX_PARTITIONS_PER_BATCH). */
const MAX_PARTITIONS_PER_REQUEST = 10_000

/**
 * A check for each topic of a request: it throws KafkaError POLICY_VIOLATION where all of them together are more
 * partitions than one request may make; counts that are not positive do not count.
 */
export function partitionTotalCheck(counts: readonly number[]): () => void {
  const total = counts.reduce((sum, count) => sum + Math.max(count, 0), 0)
  return () => {
    if (total > MAX_PARTITIONS_PER_REQUEST)
      throw new KafkaError('POLICY_VIOLATION', 'Excessively large number of partitions per request.')
  }
}

/**
 * Checks a topic to be made and decides where its partitions lie (ReplicationControlManager.createTopic). Throws
 * KafkaError: INVALID_REQUEST, INVALID_TOPIC_EXCEPTION, TOPIC_ALREADY_EXISTS, INVALID_PARTITIONS,
 * INVALID_REPLICATION_FACTOR, INVALID_REPLICA_ASSIGNMENT, INVALID_CONFIG.
 */
export function planTopic(broker: BrokerState, topic: NewTopic): PlannedTopic {
  checkName(broker, topic.name)
  const partitions = topic.assignments ? assigned(broker, topic.assignments) : placed(broker, topic)
  broker.topicConfigs.validate(topic.configs)
  return { ...topic, partitions }
}

/**
 * Makes the topic and its logs; records that the metadata has lost the topic of are taken up. Throws KafkaError
 * KAFKA_STORAGE_ERROR when the disk refuses; then there is no topic.
 */
export function createTopic(broker: BrokerState, { name, partitions, configs }: PlannedTopic): Topic {
  try {
    return broker.cluster.createTopic(name, broker.partitions.strayId(name) ?? randomUuid(), partitions, configs)
  } catch (error) {
    if (broker.cluster.topic(name)) undo(broker, name)
    throw error
  }
}

/**
 * A topic that a client only mentioned: made with the defaults, unless `auto.create.topics.enable` is off. Returns the
 * error's name otherwise.
 */
export function autoCreateTopic(broker: BrokerState, name: string): Topic | ErrorName {
  // As Kafka answers: the controller's refusal of this name does not get back to who mentioned it.
  if (!broker.config.boolean('auto.create.topics.enable') || name === CLUSTER_METADATA_TOPIC)
    return 'UNKNOWN_TOPIC_OR_PARTITION'
  try {
    return broker.createTopic({
      name,
      numPartitions: -1,
      replicationFactor: -1,
      assignments: null,
      configs: new Map(),
    })
  } catch (error) {
    return kafkaErrorOf(error).code
  }
}

/**
 * Checks and places partitions to be added. Throws KafkaError INVALID_REPLICA_ASSIGNMENT, INVALID_REPLICATION_FACTOR.
 */
export function planPartitions(
  broker: BrokerState,
  topic: Topic,
  count: number,
  assignments: readonly (readonly number[])[] | null,
): PartitionRegistration[] {
  const first = topic.partitions.length
  const replicationFactor = topic.partitions[0]!.replicas.length
  if (assignments) return assigned(broker, assignments, first, replicationFactor)
  const brokers = broker.cluster.registrations()
  return newPartitions(broker, placeReplicas(brokers, count - first, replicationFactor, broker.random), first)
}

function undo(broker: BrokerState, name: string): void {
  try {
    broker.cluster.removeTopic(name)
  } catch {
    // The journal cannot be written either: the topic is looked at again at the next start.
  }
}

function checkName(broker: BrokerState, name: string): void {
  // As ControllerApis.createTopics: its folder would be taken for the metadata log of a controller.
  if (name === CLUSTER_METADATA_TOPIC)
    throw new KafkaError('INVALID_REQUEST', `Creation of internal topic ${name} is prohibited.`)
  const problem = topicNameProblem(name)
  if (problem) throw new KafkaError('INVALID_TOPIC_EXCEPTION', `Topic name is invalid: ${problem}`)
  if (broker.cluster.topic(name)) throw new KafkaError('TOPIC_ALREADY_EXISTS', `Topic '${name}' already exists.`)
  const colliding = broker.cluster.collidingTopic(name)
  if (colliding)
    throw new KafkaError('INVALID_TOPIC_EXCEPTION', `Topic '${name}' collides with existing topic: ${colliding}`)
}

function placed(broker: BrokerState, { numPartitions, replicationFactor }: NewTopic): PartitionRegistration[] {
  const partitions = numPartitions === -1 ? broker.config.number('num.partitions') : numPartitions
  const replicas = replicationFactor === -1 ? broker.config.number('default.replication.factor') : replicationFactor
  if (replicas <= 0)
    throw new KafkaError(
      'INVALID_REPLICATION_FACTOR',
      'Replication factor must be larger than 0, or -1 to use the default value.',
    )
  if (partitions <= 0)
    throw new KafkaError('INVALID_PARTITIONS', 'Number of partitions was set to an invalid non-positive value.')
  try {
    return newPartitions(broker, placeReplicas(broker.cluster.registrations(), partitions, replicas, broker.random))
  } catch (error) {
    const { code, message } = kafkaErrorOf(error)
    throw new KafkaError(code, `Unable to replicate the partition ${replicas} time(s): ${message}`)
  }
}

/** Partitions that lie where the client says; nobody leads one whose brokers are all down. */
function assigned(
  { cluster }: BrokerState,
  assignments: readonly (readonly number[])[],
  first = 0,
  replicationFactor = assignments[0]?.length,
): PartitionRegistration[] {
  return assignments.map((replicas, index) => {
    checkReplicas(cluster, replicas)
    if (replicas.length !== replicationFactor)
      throw refusedAssignment(
        `includes a partition with ${replicas.length} replica(s), but this is not consistent with previous partitions, ` +
          `which have ${replicationFactor} replica(s).`,
      )
    const partition = newPartition(cluster, first + index, replicas)
    if (partition.isr.length > 0) return partition
    throw new KafkaError(
      'INVALID_REPLICA_ASSIGNMENT',
      `All brokers specified in the manual partition assignment for partition ${first + index} are fenced or in ` +
        'controlled shutdown.',
    )
  })
}

const newPartitions = (
  { cluster }: BrokerState,
  placements: readonly (readonly number[])[],
  first = 0,
): PartitionRegistration[] => placements.map((replicas, index) => newPartition(cluster, first + index, replicas))

/** The replicas that are there are in sync, and the first of them leads. */
function newPartition(cluster: Cluster, partition: number, replicas: readonly number[]): PartitionRegistration {
  const isr = replicas.filter((nodeId) => cluster.isActive(nodeId))
  return {
    partition,
    leader: isr[0]!,
    leaderEpoch: 0,
    partitionEpoch: 0,
    replicas,
    isr,
    elr: [],
    lastKnownElr: [],
    addingReplicas: [],
    removingReplicas: [],
    leaderRecoveryState: 0,
    directories: replicas.map((nodeId) => cluster.directoryOf(nodeId)),
  }
}
