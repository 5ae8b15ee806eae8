import { ControllerRegistration } from '../../protocol/apis/controller-registration.ts'
import { handle, onCluster } from '../handle.ts'
import { refusalOf } from '../state/refusal.ts'

export const controllerRegistration = handle(
  ControllerRegistration,
  onCluster('CLUSTER_ACTION'),
  (request, { broker: { quorumController } }) => {
    try {
      quorumController.registerController(request)
      return { errorMessage: null }
    } catch (error) {
      return refusalOf(error)
    }
  },
)
