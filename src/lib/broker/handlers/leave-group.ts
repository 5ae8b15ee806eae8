import { LeaveGroup, type LeaveGroupResponse } from '../../protocol/apis/leave-group.ts'
import { ERRORS } from '../../protocol/errors.ts'
import type { Input } from '../../protocol/schema.ts'
import { handle } from '../handle.ts'
import { coordinated } from './shared/coordinated.ts'

/** From this version on one request names many members (KIP-345). */
const BATCHED_FROM = 3

export const leaveGroup = handle(LeaveGroup, ({ groupId, memberId, members }, { broker, header }) =>
  coordinated(
    (): Input<LeaveGroupResponse> => {
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
  ),
)
