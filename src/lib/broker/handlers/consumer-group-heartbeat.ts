import {
  ConsumerGroupHeartbeat,
  type ConsumerGroupHeartbeatResponse,
} from '../../protocol/apis/consumer-group-heartbeat.ts'
import type { Input } from '../../protocol/schema.ts'
import { handle } from '../handle.ts'
import { callerOf, coordinated } from './shared/coordinated.ts'

export const consumerGroupHeartbeat = handle(ConsumerGroupHeartbeat, (request, context) =>
  coordinated(
    (): Input<ConsumerGroupHeartbeatResponse> => {
      const { assignment, ...answer } = context.broker.groups.consumerGroupHeartbeat(request, callerOf(context))
      return { ...answer, assignment: assignment && { topicPartitions: assignment } }
    },
    ({ errorCode, errorMessage }) => ({ errorCode, errorMessage }),
    () => context.broker.groups.awaitCommit(request.groupId),
  ),
)
