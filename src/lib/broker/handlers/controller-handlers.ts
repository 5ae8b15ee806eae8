import type { ApiHandler } from '../handle.ts'
import { allocateProducerIds } from './allocate-producer-ids.ts'
import { alterPartition } from './alter-partition.ts'
import { answerApiVersions } from './api-versions.ts'
import { assignReplicasToDirs } from './assign-replicas-to-dirs.ts'
import { brokerHeartbeat } from './broker-heartbeat.ts'
import { brokerRegistration } from './broker-registration.ts'
import { fetchMetadata } from './controller-fetch.ts'
import { controllerRegistration } from './controller-registration.ts'
import { describeControllers } from './describe-cluster.ts'
import { answerEnvelope } from './envelope.ts'
import { fetchSnapshot } from './fetch-snapshot.ts'
import { OF_BOTH, OF_THE_ACTIVE_CONTROLLER, SETTINGS } from './index.ts'
import { beginQuorumEpoch, endQuorumEpoch } from './quorum-epochs.ts'
import { updateRaftVoter } from './update-raft-voter.ts'
import { vote } from './vote.ts'

/** What controllers alone answer, to brokers and to each other. */
const OF_CONTROLLERS = [
  allocateProducerIds,
  alterPartition,
  answerApiVersions(() => CONTROLLER_HANDLERS),
  answerEnvelope([...OF_THE_ACTIVE_CONTROLLER, ...SETTINGS]),
  assignReplicasToDirs,
  beginQuorumEpoch,
  brokerHeartbeat,
  brokerRegistration,
  controllerRegistration,
  describeControllers,
  endQuorumEpoch,
  fetchMetadata,
  fetchSnapshot,
  updateRaftVoter,
  vote,
]

/** Every API that is answered on the listeners of controllers. Loaded only where there is one to be asked. */
export const CONTROLLER_HANDLERS: readonly ApiHandler[] = [
  ...OF_CONTROLLERS,
  ...OF_BOTH,
  ...OF_THE_ACTIVE_CONTROLLER,
  ...SETTINGS,
]
