import { KafkaError } from '../../errors.ts'
import type { BrokerState } from './broker.ts'
import type { PartitionRegistration } from './cluster/types.ts'
import type { Partition } from './partition.ts'

/**
 * The replica that this node holds, whoever leads. Throws KafkaError UNKNOWN_TOPIC_OR_PARTITION,
 * NOT_LEADER_OR_FOLLOWER, or KAFKA_STORAGE_ERROR where its log cannot be used, and with an epoch FENCED_LEADER_EPOCH or
 * UNKNOWN_LEADER_EPOCH (KIP-320); -1 stands for no epoch.
 */
export function findReplica(
  { cluster, partitions }: BrokerState,
  topic: string,
  index: number,
  currentLeaderEpoch = -1,
): Partition {
  const partition = partitions.get(topic, index)
  if (!partition) {
    if (!cluster.topic(topic)?.partitions[index]) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION')
    throw new KafkaError(partitions.isOffline(topic, index) ? 'KAFKA_STORAGE_ERROR' : 'NOT_LEADER_OR_FOLLOWER')
  }
  if (currentLeaderEpoch !== -1 && currentLeaderEpoch < partition.leaderEpoch)
    throw new KafkaError('FENCED_LEADER_EPOCH')
  if (currentLeaderEpoch > partition.leaderEpoch) throw new KafkaError('UNKNOWN_LEADER_EPOCH')
  return partition
}

/** The same for who must lead: throws KafkaError NOT_LEADER_OR_FOLLOWER where another node does. */
export function findPartition(broker: BrokerState, topic: string, index: number, currentLeaderEpoch = -1): Partition {
  const partition = findReplica(broker, topic, index, currentLeaderEpoch)
  if (!partition.isLeader) throw new KafkaError('NOT_LEADER_OR_FOLLOWER')
  return partition
}

/** Whether a replica can be used: its broker serves, and has its folder, as far as anybody knows. */
export const isOnlineReplica = (
  { cluster, nodeId: self, partitions }: Pick<BrokerState, 'cluster' | 'nodeId' | 'partitions'>,
  topic: string,
  registration: PartitionRegistration,
  nodeId: number,
): boolean =>
  cluster.isAlive(nodeId) &&
  cluster.hasReplica(registration, nodeId) &&
  !(nodeId === self && partitions.isOffline(topic, registration.partition))

/** Who leads the partition in truth, for a client that asked the wrong node (KIP-951). */
export function leaderError(
  { cluster }: BrokerState,
  topic: string,
  index: number,
  { code }: KafkaError,
): { currentLeader?: { leaderId: number; leaderEpoch: number } } {
  const registration = cluster.topic(topic)?.partitions[index]
  if (!registration || (code !== 'NOT_LEADER_OR_FOLLOWER' && code !== 'FENCED_LEADER_EPOCH')) return {}
  return { currentLeader: { leaderId: registration.leader, leaderEpoch: registration.leaderEpoch } }
}
