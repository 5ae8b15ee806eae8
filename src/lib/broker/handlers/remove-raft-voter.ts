import { RemoveRaftVoter } from '../../protocol/apis/remove-raft-voter.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { handle, onCluster } from '../handle.ts'

/** The quorum is one controller for good, as a Kafka cluster's is whose kraft.version is 0. */
export const removeRaftVoter = handle(RemoveRaftVoter, onCluster('ALTER'), () => ({
  errorCode: ERRORS.UNSUPPORTED_VERSION,
  errorMessage: "Cluster doesn't support removing voter because the kraft.version feature is 0",
}))
