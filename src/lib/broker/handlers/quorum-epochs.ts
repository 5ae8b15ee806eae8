import { BeginQuorumEpoch } from '../../protocol/apis/begin-quorum-epoch.ts'
import { EndQuorumEpoch } from '../../protocol/apis/end-quorum-epoch.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { CLUSTER_METADATA_TOPIC } from '../../protocol/topic-names.ts'
import { handle, onCluster, type RequestContext } from '../handle.ts'
import { isOtherCluster, leadershipOf, metadataPartition, voterProblem } from './shared/quorum.ts'

interface Request {
  readonly clusterId: string | null
  readonly topics: Parameters<typeof metadataPartition<{ readonly leaderId: number; readonly leaderEpoch: number }>>[0]
}

/** Nobody else leads this quorum: whoever says that it begins to, or that it no longer does, is told who does. */
function answer({ clusterId, topics }: Request, context: RequestContext) {
  if (isOtherCluster(clusterId, context)) return { errorCode: ERRORS.INCONSISTENT_CLUSTER_ID }
  const told = metadataPartition(topics)
  if (!told) return { errorCode: ERRORS.INVALID_REQUEST }
  const { log, currentLeader, nodeEndpoints } = leadershipOf(context)
  const errorCode = ERRORS[voterProblem(told.leaderId, told.leaderEpoch, log) ?? 'NONE']
  const partition = { partitionIndex: 0, errorCode, ...currentLeader }
  return { topics: [{ topicName: CLUSTER_METADATA_TOPIC, partitions: [partition] }], nodeEndpoints }
}

export const beginQuorumEpoch = handle(BeginQuorumEpoch, onCluster('CLUSTER_ACTION'), answer)
export const endQuorumEpoch = handle(EndQuorumEpoch, onCluster('CLUSTER_ACTION'), answer)
