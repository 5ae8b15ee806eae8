import { kafkaErrorOf } from '../../errors.ts'
import { BrokerRegistration } from '../../protocol/apis/broker-registration.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { handle, onCluster } from '../handle.ts'

export const brokerRegistration = handle(
  BrokerRegistration,
  onCluster('CLUSTER_ACTION'),
  (request, { broker: { quorumController }, header }) => {
    try {
      return { brokerEpoch: quorumController.registerBroker(request, header.apiVersion) }
    } catch (error) {
      return { errorCode: ERRORS[kafkaErrorOf(error).code] }
    }
  },
)
