import type { ApiHandler } from '../handle.ts'
import { addOffsetsToTxn } from './add-offsets-to-txn.ts'
import { addPartitionsToTxn } from './add-partitions-to-txn.ts'
import { addRaftVoter } from './add-raft-voter.ts'
import { alterClientQuotas } from './alter-client-quotas.ts'
import { alterConfigs } from './alter-configs.ts'
import { alterPartitionReassignments } from './alter-partition-reassignments.ts'
import { alterReplicaLogDirs } from './alter-replica-log-dirs.ts'
import { alterUserScramCredentials } from './alter-user-scram-credentials.ts'
import { answerApiVersions } from './api-versions.ts'
import { consumerGroupDescribe } from './consumer-group-describe.ts'
import { consumerGroupHeartbeat } from './consumer-group-heartbeat.ts'
import { createAcls } from './create-acls.ts'
import { createPartitions } from './create-partitions.ts'
import { createTopics } from './create-topics.ts'
import {
  createDelegationToken,
  describeDelegationToken,
  expireDelegationToken,
  renewDelegationToken,
} from './delegation-tokens.ts'
import { deleteAcls } from './delete-acls.ts'
import { deleteGroups } from './delete-groups.ts'
import { deleteRecords } from './delete-records.ts'
import { deleteTopics } from './delete-topics.ts'
import { describeAcls } from './describe-acls.ts'
import { describeClientQuotas } from './describe-client-quotas.ts'
import { describeBrokers } from './describe-cluster.ts'
import { describeConfigs } from './describe-configs.ts'
import { describeGroups } from './describe-groups.ts'
import { describeLogDirs } from './describe-log-dirs.ts'
import { describeProducers } from './describe-producers.ts'
import { describeQuorum } from './describe-quorum.ts'
import { describeTopicPartitions } from './describe-topic-partitions.ts'
import { describeTransactions } from './describe-transactions.ts'
import { describeUserScramCredentials } from './describe-user-scram-credentials.ts'
import { electLeaders } from './elect-leaders.ts'
import { endTxn } from './end-txn.ts'
import { fetch } from './fetch.ts'
import { findCoordinator } from './find-coordinator.ts'
import { heartbeat } from './heartbeat.ts'
import { incrementalAlterConfigs } from './incremental-alter-configs.ts'
import { initProducerId } from './init-producer-id.ts'
import { joinGroup } from './join-group.ts'
import { leaveGroup } from './leave-group.ts'
import { listConfigResources } from './list-config-resources.ts'
import { listGroups } from './list-groups.ts'
import { listOffsets } from './list-offsets.ts'
import { listPartitionReassignments } from './list-partition-reassignments.ts'
import { listTransactions } from './list-transactions.ts'
import { metadata } from './metadata.ts'
import { offsetCommit } from './offset-commit.ts'
import { offsetDelete } from './offset-delete.ts'
import { offsetFetch } from './offset-fetch.ts'
import { offsetForLeaderEpoch } from './offset-for-leader-epoch.ts'
import { produce } from './produce.ts'
import { removeRaftVoter } from './remove-raft-voter.ts'
import { saslAuthenticate, saslHandshake } from './sasl.ts'
import { syncGroup } from './sync-group.ts'
import { txnOffsetCommit } from './txn-offset-commit.ts'
import { unregisterBroker } from './unregister-broker.ts'
import { updateFeatures } from './update-features.ts'
import { writeTxnMarkers } from './write-txn-markers.ts'

/** What brokers alone answer: records, groups, transactions, and what each knows of itself. */
export const OF_BROKERS = [
  addOffsetsToTxn,
  addPartitionsToTxn,
  alterReplicaLogDirs,
  answerApiVersions(() => BROKER_HANDLERS),
  consumerGroupDescribe,
  consumerGroupHeartbeat,
  deleteGroups,
  deleteRecords,
  describeClientQuotas,
  describeBrokers,
  describeGroups,
  describeLogDirs,
  describeProducers,
  describeTopicPartitions,
  describeTransactions,
  endTxn,
  fetch,
  findCoordinator,
  heartbeat,
  initProducerId,
  joinGroup,
  leaveGroup,
  listConfigResources,
  listGroups,
  listOffsets,
  listTransactions,
  metadata,
  offsetCommit,
  offsetDelete,
  offsetFetch,
  offsetForLeaderEpoch,
  produce,
  syncGroup,
  txnOffsetCommit,
  writeTxnMarkers,
]

/** What brokers and controllers both answer, of the metadata that both have. */
export const OF_BOTH = [
  describeAcls,
  describeConfigs,
  describeDelegationToken,
  describeUserScramCredentials,
  saslAuthenticate,
  saslHandshake,
]

/** What the active controller answers, and what a broker asks it for on behalf of clients. */
export const OF_THE_ACTIVE_CONTROLLER = [
  addRaftVoter,
  alterClientQuotas,
  alterPartitionReassignments,
  alterUserScramCredentials,
  createAcls,
  createDelegationToken,
  createPartitions,
  createTopics,
  deleteAcls,
  deleteTopics,
  describeQuorum,
  electLeaders,
  expireDelegationToken,
  listPartitionReassignments,
  removeRaftVoter,
  renewDelegationToken,
  unregisterBroker,
  updateFeatures,
]

/** What else the active controller answers; a broker answers a part of it itself. */
export const SETTINGS = [alterConfigs, incrementalAlterConfigs]

/** Every API that is answered on the listeners for clients and brokers; the answer to ApiVersions is this list. */
export const BROKER_HANDLERS: readonly ApiHandler[] = [
  ...OF_BROKERS,
  ...OF_BOTH,
  ...OF_THE_ACTIVE_CONTROLLER,
  ...SETTINGS,
]
