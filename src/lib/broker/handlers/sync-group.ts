import { SyncGroup, type SyncGroupResponse } from '../../protocol/apis/sync-group.ts'
import { ERRORS } from '../../protocol/errors.ts'
import type { Input } from '../../protocol/schema.ts'
import { handle } from '../handle.ts'
import type { SyncAnswer } from '../state/groups/classic/member.ts'
import { whenDone } from '../state/turns.ts'
import { coordinated } from './shared/coordinated.ts'
import { requireRight } from './shared/rights.ts'

/** Answers when the leader of the group has sent the assignment. */
export const syncGroup = handle(SyncGroup, 'each', (request, context) => {
  const { groups } = context.broker
  const answer = coordinated(
    () => {
      requireRight(context, 'READ', 'GROUP', request.groupId)
      return groups.syncGroup(request)
    },
    ({ error }): SyncAnswer => ({ error }),
    () => groups.awaitCommit(request.groupId),
  )
  return whenDone(answer, response)
})

const response = ({ error, ...answer }: SyncAnswer): Input<SyncGroupResponse> => ({
  ...answer,
  errorCode: ERRORS[error],
})
