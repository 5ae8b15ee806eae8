import { DescribeQuorum } from '../../protocol/apis/describe-quorum.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { CLUSTER_METADATA_TOPIC } from '../../protocol/topic-names.ts'
import type { ObserverState } from '../controller/observers.ts'
import { handle, onCluster } from '../handle.ts'
import { inTurns } from '../state/turns.ts'
import { metadataPartition } from './shared/quorum.ts'

/** The one controller there is leads, and is never behind itself (KafkaRaftClient.handleDescribeQuorumRequest). */
export const describeQuorum = handle(
  DescribeQuorum,
  onCluster('DESCRIBE'),
  async ({ topics }, { broker: { turns, cluster, clock, controllerEndpoints, quorumController } }) => {
    if (!metadataPartition(topics)) {
      return {
        errorMessage: null,
        topics: await inTurns(turns, topics, async ({ topicName, partitions }) => ({
          topicName,
          partitions: await inTurns(turns, partitions, ({ partitionIndex }) => ({
            partitionIndex,
            errorCode: ERRORS.UNKNOWN_TOPIC_OR_PARTITION,
            errorMessage: `Only ${CLUSTER_METADATA_TOPIC}-0 has a quorum.`,
            currentVoters: [],
            observers: [],
          })),
        })),
      }
    }
    const { controllerId, metadataOffset, leaderEpoch } = cluster
    const now = BigInt(clock.now())
    const voter = {
      replicaId: controllerId,
      logEndOffset: metadataOffset,
      lastFetchTimestamp: now,
      lastCaughtUpTimestamp: now,
    }
    const state = {
      partitionIndex: 0,
      errorMessage: null,
      leaderId: controllerId,
      leaderEpoch,
      highWatermark: metadataOffset,
      currentVoters: [voter],
      observers: quorumController.observers.all().map(withTimestamps),
    }
    // One that is alone has no listener for controllers.
    const endpoints = controllerEndpoints.size > 0 ? controllerEndpoints : cluster.registration(controllerId)!.endpoints
    return {
      errorMessage: null,
      topics: [{ topicName: CLUSTER_METADATA_TOPIC, partitions: [state] }],
      nodes: [
        { nodeId: controllerId, listeners: [...endpoints].map(([name, { host, port }]) => ({ name, host, port })) },
      ],
    }
  },
)

const withTimestamps = ({ lastFetchTimestamp, lastCaughtUpTimestamp, ...observer }: ObserverState) => ({
  ...observer,
  lastFetchTimestamp: BigInt(lastFetchTimestamp),
  lastCaughtUpTimestamp: BigInt(lastCaughtUpTimestamp),
})
