import { Vote } from '../../protocol/apis/vote.ts'
import { ERRORS, type ErrorName } from '../../protocol/errors.ts'
import { CLUSTER_METADATA_TOPIC } from '../../protocol/topic-names.ts'
import { handle, onCluster } from '../handle.ts'
import { isOtherCluster, leadershipOf, metadataPartition, voterProblem } from './shared/quorum.ts'

/** The only voter leads, and gives its vote to nobody (KafkaRaftClient.handleVoteRequest). */
export const vote = handle(Vote, onCluster('CLUSTER_ACTION'), ({ clusterId, voterId, topics }, context) => {
  if (isOtherCluster(clusterId, context)) return { errorCode: ERRORS.INCONSISTENT_CLUSTER_ID }
  const asked = metadataPartition(topics)
  if (!asked) return { errorCode: ERRORS.INVALID_REQUEST }
  const { log, currentLeader, nodeEndpoints } = leadershipOf(context)
  const { replicaId, replicaEpoch, lastOffset, lastOffsetEpoch, preVote } = asked
  const isIllegalEpoch = preVote ? lastOffsetEpoch > replicaEpoch : lastOffsetEpoch >= replicaEpoch
  const problem = (): ErrorName | null => {
    if (lastOffset < 0n || lastOffsetEpoch < 0 || isIllegalEpoch) return 'INVALID_REQUEST'
    return (
      voterProblem(replicaId, replicaEpoch, log) ?? (isForOther(voterId, log.leaderId) ? 'INVALID_VOTER_KEY' : null)
    )
  }
  const partition = { partitionIndex: 0, errorCode: ERRORS[problem() ?? 'NONE'], ...currentLeader, voteGranted: false }
  return { topics: [{ topicName: CLUSTER_METADATA_TOPIC, partitions: [partition] }], nodeEndpoints }
})

/** Older versions do not say for whom a request is. */
const isForOther = (voterId: number, nodeId: number): boolean => voterId >= 0 && voterId !== nodeId
