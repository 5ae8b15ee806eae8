import { UnregisterBroker } from '../../protocol/apis/unregister-broker.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { handle } from '../handle.ts'

/**
 * A broker is registered here while it runs, and this one is the cluster's controller besides: there is never one to
 * forget.
 */
export const unregisterBroker = handle(UnregisterBroker, ({ brokerId }, { broker: { cluster } }) => {
  if (cluster.isAlive(brokerId)) {
    return {
      errorCode: ERRORS.INVALID_REQUEST,
      errorMessage: `Broker ${brokerId} is running, and only a broker that is gone can be unregistered.`,
    }
  }
  return {
    errorCode: ERRORS.BROKER_ID_NOT_REGISTERED,
    errorMessage: `Broker ID ${brokerId} is not currently registered`,
  }
})
