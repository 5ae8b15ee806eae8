import { Heartbeat } from '../../protocol/apis/heartbeat.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { handle } from '../handle.ts'
import { coordinated } from './shared/coordinated.ts'
import { requireRight } from './shared/rights.ts'

export const heartbeat = handle(Heartbeat, 'each', (request, context) => {
  const { groups } = context.broker
  return coordinated(
    () => {
      requireRight(context, 'READ', 'GROUP', request.groupId)
      groups.heartbeat(request)
      return { errorCode: ERRORS.NONE as number }
    },
    ({ errorCode }) => ({ errorCode }),
    () => groups.awaitCommit(request.groupId),
  )
})
