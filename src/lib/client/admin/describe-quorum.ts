import { formatAddress } from '../../address.ts'
import { KafkaError } from '../../errors.ts'
import { DescribeQuorum, type DescribeQuorumResponse } from '../../protocol/apis/describe-quorum.ts'
import { ZERO_UUID } from '../../protocol/schema.ts'
import { CLUSTER_METADATA_TOPIC } from '../../protocol/topic-names.ts'
import type { KafkaClient } from '../types.ts'
import { sendToController } from './controller.ts'
import { asKafkaError, itemError } from './item-error.ts'

export interface QuorumReplica {
  readonly id: number
  /** Null where the quorum does not tell directories apart (before kraft.version 1). */
  readonly directoryId: string | null
  readonly logEndOffset: bigint
  /** Milliseconds since 1970; null where it is not known. */
  readonly lastFetchMs: number | null
  readonly lastCaughtUpMs: number | null
  /** `CONTROLLER://host:9093` each; empty where it is not known. */
  readonly endpoints: readonly string[]
}

export interface Quorum {
  readonly leader: QuorumReplica
  readonly leaderEpoch: number
  readonly highWatermark: bigint
  readonly voters: readonly QuorumReplica[]
  readonly observers: readonly QuorumReplica[]
}

/** The controllers that hold the metadata of the cluster (KIP-595, KIP-853). Throws KafkaError. */
export async function describeQuorum(client: KafkaClient): Promise<Quorum> {
  const request = { topics: [{ topicName: CLUSTER_METADATA_TOPIC, partitions: [{ partitionIndex: 0 }] }] }
  const response = await sendToController(
    client,
    (node) => client.send(DescribeQuorum, request, node),
    ({ errorCode }) => [errorCode],
  )
  const partition = response.topics[0]?.partitions[0]
  const error =
    itemError(response.errorCode, response.errorMessage) ??
    (partition ? itemError(partition.errorCode, partition.errorMessage) : null)
  if (error) throw asKafkaError(error, 'Cannot describe the quorum')
  if (!partition)
    throw new KafkaError(
      'UNKNOWN_SERVER_ERROR',
      'Cannot describe the quorum: the answer is empty (UNKNOWN_SERVER_ERROR)',
    )
  const [voters, observers] = [partition.currentVoters, partition.observers].map((replicas) =>
    replicas.map((replica) => describe(replica, response.nodes)),
  )
  const leader = voters!.find(({ id }) => id === partition.leaderId)
  if (!leader)
    throw new KafkaError('LEADER_NOT_AVAILABLE', 'The quorum has no leader at the moment (LEADER_NOT_AVAILABLE)')
  return {
    leader,
    leaderEpoch: partition.leaderEpoch,
    highWatermark: partition.highWatermark,
    voters: voters!,
    observers: observers!,
  }
}

type Replica = DescribeQuorumResponse['topics'][number]['partitions'][number]['currentVoters'][number]

function describe(
  { replicaId, replicaDirectoryId, logEndOffset, lastFetchTimestamp, lastCaughtUpTimestamp }: Replica,
  nodes: DescribeQuorumResponse['nodes'],
): QuorumReplica {
  return {
    id: replicaId,
    directoryId: replicaDirectoryId === ZERO_UUID ? null : replicaDirectoryId,
    logEndOffset,
    lastFetchMs: present(lastFetchTimestamp),
    lastCaughtUpMs: present(lastCaughtUpTimestamp),
    endpoints: (nodes.find(({ nodeId }) => nodeId === replicaId)?.listeners ?? []).map(endpointName),
  }
}

const present = (timestamp: bigint): number | null => (timestamp < 0n ? null : Number(timestamp))

/** `CONTROLLER://host:9093`. */
export const endpointName = ({
  name,
  host,
  port,
}: {
  readonly name: string
  readonly host: string
  readonly port: number
}): string => `${name}://${formatAddress({ host, port })}`
