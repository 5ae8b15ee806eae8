import { Heartbeat } from '../../protocol/apis/heartbeat.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { handle } from '../handle.ts'
import { coordinated } from './shared/coordinated.ts'

export const heartbeat = handle(Heartbeat, (request, { broker }) =>
  coordinated(
    () => {
      broker.groups.heartbeat(request)
      return { errorCode: ERRORS.NONE as number }
    },
    ({ errorCode }) => ({ errorCode }),
    () => broker.groups.awaitCommit(request.groupId),
  ),
)
