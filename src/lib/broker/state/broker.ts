import type { Address } from '../../address.ts'
import type { Clock } from '../../clock.ts'
import type { ControllerChannel } from '../network/controller-channel.ts'
import type { Peers } from '../network/peers.ts'
import type { QuorumController } from '../controller/quorum-controller.ts'
import type { MetadataLog } from '../raft/index.ts'
import type { Authorizer } from '../security/authorizer/authorizer.ts'
import type { Random } from './cluster/placement.ts'
import type { Cluster } from './cluster/cluster.ts'
import type { CreateTopic } from './cluster/new-topic.ts'
import type { BrokerConfig } from './configs/broker-config.ts'
import type { TopicConfigs } from './configs/topic-configs.ts'
import type { GroupCoordinator } from './groups/coordinator.ts'
import type { Outgoing } from './outgoing.ts'
import type { Incoming } from './incoming.ts'
import type { Partitions } from './partitions.ts'
import type { ProducerIds } from './producer-ids.ts'
import type { LogDirectories } from './storage/log-directories.ts'
import type { Turns } from './turns.ts'
import type { TransactionCoordinator } from './transactions/coordinator.ts'
import type { BandwidthQuota } from './quotas/bandwidth-quota.ts'
import type { ReplicationQuota } from './quotas/replication-quota.ts'

export interface Quotas {
  readonly produce: BandwidthQuota
  readonly fetch: BandwidthQuota
  /** What followers copy from this node, and what it copies itself. */
  readonly leader: ReplicationQuota
  readonly follower: ReplicationQuota
}

/**
 * What a node knows and holds. The cluster's metadata is one thing, this node's partitions another: a node never
 * assumes that it is alone or that it leads every partition.
 */
export interface BrokerState {
  readonly nodeId: number
  /** Where others reach its controller, by listener; empty without one, and for a node that is alone. */
  readonly controllerEndpoints: ReadonlyMap<string, Address>
  /** Whom this node asks to change the metadata: the controller, be it its own. */
  readonly controller: ControllerChannel
  readonly createTopic: CreateTopic
  readonly clock: Clock
  readonly config: BrokerConfig
  /** Throws UserError for settings that the listeners of this node cannot take on. */
  readonly checkListeners: (config: BrokerConfig) => void
  /** Null where everybody may do everything. */
  readonly authorizer: Authorizer | null
  readonly topicConfigs: TopicConfigs
  readonly cluster: Cluster
  /** The log of the metadata where this node is the controller. */
  readonly metadataLog: MetadataLog | null
  /** Decides nothing while this node is not the controller. */
  readonly quorumController: QuorumController
  /** Where placement begins. */
  readonly random: Random
  readonly partitions: Partitions
  /** The other brokers. */
  readonly peers: Peers
  readonly directories: LogDirectories
  readonly producerIds: ProducerIds
  readonly incoming: Incoming
  readonly outgoing: Outgoing
  readonly turns: Turns
  readonly quotas: Quotas
}

/** A node with its coordinators, which keep what they know in its partitions. */
export interface Broker extends BrokerState {
  readonly groups: GroupCoordinator
  readonly transactions: TransactionCoordinator
}
