import {
  ConsumerGroupHeartbeat,
  type ConsumerGroupHeartbeatResponse,
} from '../../protocol/apis/consumer-group-heartbeat.ts'
import { ERRORS } from '../../protocol/errors.ts'
import type { Input } from '../../protocol/schema.ts'
import { handle } from '../handle.ts'
import { callerOf, coordinated } from './shared/coordinated.ts'
import { requireRight } from './shared/rights.ts'

/** A cluster whose `group.version` is 0 has groups of the classic protocol only (KIP-848). */
export const consumerGroupHeartbeat = handle(ConsumerGroupHeartbeat, 'each', (request, context) => {
  if (context.broker.cluster.featureLevel('group.version') === 0)
    return { errorCode: ERRORS.UNSUPPORTED_VERSION, errorMessage: null }
  return coordinated(
    (): Input<ConsumerGroupHeartbeatResponse> => {
      requireRight(context, 'READ', 'GROUP', request.groupId)
      for (const topic of request.subscribedTopicNames ?? []) requireRight(context, 'DESCRIBE', 'TOPIC', topic)
      const { assignment, ...answer } = context.broker.groups.consumerGroupHeartbeat(request, callerOf(context))
      return { ...answer, assignment: assignment && { topicPartitions: assignment } }
    },
    ({ errorCode, errorMessage }) => ({ errorCode, errorMessage }),
    () => context.broker.groups.awaitCommit(request.groupId),
  )
})
