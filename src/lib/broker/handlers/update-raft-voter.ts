import { UpdateRaftVoter } from '../../protocol/apis/update-raft-voter.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { handle, onCluster } from '../handle.ts'
import { epochProblem, isOtherCluster, leadershipOf } from './shared/quorum.ts'

/** This node is the only voter: whoever else says that it is one is not known (UpdateVoterHandler). */
export const updateRaftVoter = handle(
  UpdateRaftVoter,
  onCluster('CLUSTER_ACTION'),
  ({ clusterId, currentLeaderEpoch, voterId }, context) => {
    if (isOtherCluster(clusterId, context)) return { errorCode: ERRORS.INCONSISTENT_CLUSTER_ID }
    const { log, currentLeader, nodeEndpoints } = leadershipOf(context)
    const problem = epochProblem(currentLeaderEpoch, log) ?? (voterId === log.leaderId ? 'NONE' : 'VOTER_NOT_FOUND')
    const { host = '', port = 0 } = nodeEndpoints[0] ?? {}
    return { errorCode: ERRORS[problem], currentLeader: { ...currentLeader, host, port } }
  },
)
