import { LeaveGroup, type LeaveGroupResponse } from '../../protocol/apis/leave-group.ts'
import { ERRORS } from '../../protocol/errors.ts'
import type { Input } from '../../protocol/schema.ts'
import { handle } from '../handle.ts'
import { coordinated } from './shared/coordinated.ts'
import { requireRight } from './shared/rights.ts'

/** From this version on one request names many members (KIP-345). */
const BATCHED_FROM = 3

export const leaveGroup = handle(LeaveGroup, 'each', ({ groupId, memberId, members }, context) => {
  const { broker, header } = context
  return coordinated(
    (): Input<LeaveGroupResponse> => {
      requireRight(context, 'READ', 'GROUP', groupId)
      if (header.apiVersion < BATCHED_FROM) {
        const [left] = broker.groups.leaveGroup(groupId, [{ memberId, groupInstanceId: null }])
        return { errorCode: ERRORS[left!.error] }
      }
      return {
        members: broker.groups
          .leaveGroup(groupId, members)
          .map(({ error, ...left }) => ({ ...left, errorCode: ERRORS[error] })),
      }
    },
    ({ errorCode }) => ({ errorCode }),
    () => broker.groups.awaitCommit(groupId),
  )
})
