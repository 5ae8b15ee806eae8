import { AddRaftVoter } from '../../protocol/apis/add-raft-voter.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { handle, onCluster } from '../handle.ts'

/** The quorum is one controller for good, as a Kafka cluster's is whose kraft.version is 0. */
export const addRaftVoter = handle(AddRaftVoter, onCluster('ALTER'), () => ({
  errorCode: ERRORS.UNSUPPORTED_VERSION,
  errorMessage: "Cluster doesn't support adding voter because the kraft.version feature is 0",
}))
