import { kafkaErrorOf } from '../../errors.ts'
import { BrokerHeartbeat } from '../../protocol/apis/broker-heartbeat.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { handle } from '../handle.ts'

export const brokerHeartbeat = handle(BrokerHeartbeat, (request, { broker: { quorumController } }) => {
  try {
    return quorumController.heartbeat(request)
  } catch (error) {
    return { errorCode: ERRORS[kafkaErrorOf(error).code] }
  }
})
