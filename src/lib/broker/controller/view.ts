import type { Cluster } from '../state/cluster/cluster.ts'
import type { PartitionRegistration, Topic } from '../state/cluster/types.ts'
import type { TopicConfigs } from '../state/configs/topic-configs.ts'
import { partitionChange, type PartitionChange, type PartitionTarget } from './partition-change.ts'

/** What the controller decides by: the metadata, and the settings of topics as they are now. */
export interface ControllerView {
  readonly cluster: Cluster
  readonly topicConfigs: TopicConfigs
}

export interface TopicPartition {
  readonly topic: Topic
  readonly partition: PartitionRegistration
}

/** KIP-966: replicas that left the ISR below its least size may lead when nobody else can. */
export const isElrEnabled = ({ cluster }: ControllerView): boolean =>
  cluster.featureLevel('eligible.leader.replicas.version') >= 1

export const mayElectUncleanly = ({ topicConfigs }: ControllerView, { configs }: Topic): boolean =>
  topicConfigs.uncleanLeaderElection(configs)

/**
 * The record that leads a partition to its target. `isCandidate` says which brokers may lead, by default those that are
 * active; of these it takes the ones that have their replica's directory (ReplicationControlManager.LeaderAcceptor).
 */
export function changeOf(
  view: ControllerView,
  { topic, partition }: TopicPartition,
  target: PartitionTarget,
  isCandidate: (nodeId: number) => boolean = (nodeId) => view.cluster.isActive(nodeId),
): PartitionChange | null {
  const { cluster, topicConfigs } = view
  return partitionChange(topic.topicId, partition, target, {
    isAcceptableLeader: (nodeId) => isCandidate(nodeId) && cluster.hasReplica(partition, nodeId),
    // As Kafka does, by the number of replicas of the first partition.
    minIsr: Math.min(topicConfigs.minInsyncReplicas(topic.configs), topic.partitions[0]!.replicas.length),
    isElrEnabled: isElrEnabled(view),
    defaultDirectory: (nodeId) => cluster.directoryOf(nodeId),
  })
}

export function* partitionsWhere(
  { cluster }: ControllerView,
  isWanted: (partition: PartitionRegistration) => boolean,
): Generator<TopicPartition> {
  for (const topic of cluster.topics())
    for (const partition of topic.partitions) if (isWanted(partition)) yield { topic, partition }
}

export const isNotNull = <T>(value: T | null): value is T => value !== null
