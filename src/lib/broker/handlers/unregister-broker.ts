import { UnregisterBroker } from '../../protocol/apis/unregister-broker.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { handle, onCluster } from '../handle.ts'
import { refusalOf } from '../state/refusal.ts'

export const unregisterBroker = handle(
  UnregisterBroker,
  onCluster('ALTER'),
  ({ brokerId }, { broker: { cluster, quorumController, nodeId } }) => {
    // It would be told of by nobody, and go on all the same: it does not register again while it runs.
    if (brokerId === nodeId && cluster.isAlive(nodeId)) {
      return {
        errorCode: ERRORS.INVALID_REQUEST,
        errorMessage: `Broker ${brokerId} is running, and only a broker that is gone can be unregistered.`,
      }
    }
    try {
      quorumController.unregisterBroker(brokerId)
      return { errorMessage: null }
    } catch (error) {
      return refusalOf(error)
    }
  },
)
