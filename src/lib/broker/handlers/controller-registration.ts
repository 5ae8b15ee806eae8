import { ControllerRegistration } from '../../protocol/apis/controller-registration.ts'
import { handle } from '../handle.ts'
import { refusalOf } from '../state/refusal.ts'

export const controllerRegistration = handle(ControllerRegistration, (request, { broker: { quorumController } }) => {
  try {
    quorumController.registerController(request)
    return { errorMessage: null }
  } catch (error) {
    return refusalOf(error)
  }
})
