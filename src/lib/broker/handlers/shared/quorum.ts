import type { ErrorName } from '../../../protocol/errors.ts'
import { CLUSTER_METADATA_TOPIC } from '../../../protocol/topic-names.ts'
import type { RequestContext } from '../../handle.ts'
import type { MetadataLog } from '../../raft/index.ts'

/** What an answer tells of the leader of the metadata log, which is this node. */
export interface Leadership {
  readonly log: MetadataLog
  readonly currentLeader: { readonly leaderId: number; readonly leaderEpoch: number }
  /** Where it is reached by the listener of whoever asks. */
  readonly nodeEndpoints: { readonly nodeId: number; readonly host: string; readonly port: number; rack: null }[]
}

/** Only a node that has the log opens listeners on which it is asked for it. */
export function leadershipOf({ broker, connection }: RequestContext): Leadership {
  const log = broker.metadataLog!
  const endpoint = broker.controllerEndpoints.get(connection.listener)
  const { host, port } = endpoint ?? { host: '', port: 0 }
  return {
    log,
    currentLeader: { leaderId: log.leaderId, leaderEpoch: log.epoch },
    nodeEndpoints: endpoint ? [{ nodeId: log.leaderId, host, port, rack: null }] : [],
  }
}

/** Those who do not say to which cluster they belong are taken for members. */
export const isOtherCluster = (clusterId: string | null, { broker: { cluster } }: RequestContext): boolean =>
  clusterId !== null && clusterId !== cluster.clusterId

/** The one partition that a request of the quorum may be about; undefined where it is about anything else. */
export function metadataPartition<P>(
  topics: readonly { readonly topicName: string; readonly partitions: readonly (P & { partitionIndex: number })[] }[],
): P | undefined {
  const [topic, ...others] = topics
  const [partition, ...more] = topic?.partitions ?? []
  const isOne = others.length === 0 && more.length === 0
  return isOne && topic?.topicName === CLUSTER_METADATA_TOPIC && partition?.partitionIndex === 0 ? partition : undefined
}

/** Whether a request is for the leader of this epoch (KafkaRaftClient.validateLeaderOnlyRequest). */
export function epochProblem(epoch: number, { epoch: current }: MetadataLog): ErrorName | null {
  if (epoch < current) return 'FENCED_LEADER_EPOCH'
  return epoch > current ? 'UNKNOWN_LEADER_EPOCH' : null
}

/**
 * Why what another node says as a voter does not hold: there is one voter, this node (validateVoterOnlyRequest). Kafka
 * would let itself be led by anybody with a higher epoch.
 */
export function voterProblem(nodeId: number, epoch: number, log: MetadataLog): ErrorName | null {
  if (epoch < log.epoch) return 'FENCED_LEADER_EPOCH'
  if (nodeId < 0) return 'INVALID_REQUEST'
  return nodeId === log.leaderId ? null : 'INCONSISTENT_VOTER_SET'
}
