import { KafkaError } from '../../errors.ts'
import type { BrokerState } from './broker.ts'
import type { Partition } from './partition.ts'

/**
 * The partition, if this node leads it. Throws KafkaError UNKNOWN_TOPIC_OR_PARTITION, NOT_LEADER_OR_FOLLOWER, or
 * KAFKA_STORAGE_ERROR where its log cannot be used, and with
 * an epoch FENCED_LEADER_EPOCH or UNKNOWN_LEADER_EPOCH (KIP-320); -1 stands for no epoch.
 */
export function findPartition(broker: BrokerState, topic: string, index: number, currentLeaderEpoch = -1): Partition {
  const registration = broker.cluster.topic(topic)?.partitions[index]
  if (!registration) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION')
  if (broker.partitions.isOffline(topic, index)) throw new KafkaError('KAFKA_STORAGE_ERROR')
  const partition = broker.partitions.get(topic, index)
  if (registration.leader !== broker.nodeId || !partition) throw new KafkaError('NOT_LEADER_OR_FOLLOWER')
  if (currentLeaderEpoch !== -1 && currentLeaderEpoch < registration.leaderEpoch)
    throw new KafkaError('FENCED_LEADER_EPOCH')
  if (currentLeaderEpoch > registration.leaderEpoch) throw new KafkaError('UNKNOWN_LEADER_EPOCH')
  return partition
}

/** Who leads the partition in truth, for a client that asked the wrong node (KIP-951). */
export function leaderError(
  broker: BrokerState,
  topic: string,
  index: number,
  { code }: KafkaError,
): { currentLeader?: { leaderId: number; leaderEpoch: number } } {
  const registration = broker.cluster.topic(topic)?.partitions[index]
  if (!registration || (code !== 'NOT_LEADER_OR_FOLLOWER' && code !== 'FENCED_LEADER_EPOCH')) return {}
  return { currentLeader: { leaderId: registration.leader, leaderEpoch: registration.leaderEpoch } }
}
