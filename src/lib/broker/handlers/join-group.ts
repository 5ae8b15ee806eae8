import { JoinGroup, type JoinGroupResponse } from '../../protocol/apis/join-group.ts'
import { ERRORS } from '../../protocol/errors.ts'
import type { Input } from '../../protocol/schema.ts'
import { handle } from '../handle.ts'
import type { JoinAnswer } from '../state/groups/classic/member.ts'
import { whenDone } from '../state/turns.ts'
import { callerOf, coordinated } from './shared/coordinated.ts'
import { requireRight } from './shared/rights.ts'

/** Before this version the protocol's name cannot be null. */
const NULL_PROTOCOL_NAME_FROM = 7
/** Version 0 has one timeout for both. */
const REBALANCE_TIMEOUT_FROM = 1

/** Answers when the member's generation is complete. */
export const joinGroup = handle(JoinGroup, 'each', (request, context) => {
  const { apiVersion } = context.header
  const rebalanceTimeoutMs = apiVersion < REBALANCE_TIMEOUT_FROM ? request.sessionTimeoutMs : request.rebalanceTimeoutMs
  const answer = coordinated(
    () => {
      requireRight(context, 'READ', 'GROUP', request.groupId)
      return context.broker.groups.joinGroup({ ...request, rebalanceTimeoutMs }, callerOf(context))
    },
    ({ error }): JoinAnswer => ({ error, memberId: request.memberId }),
    () => context.broker.groups.awaitCommit(request.groupId),
  )
  return whenDone(answer, (done) => response(done, apiVersion))
})

function response(
  { error, protocolType = null, protocolName = null, members = [], ...answer }: JoinAnswer,
  apiVersion: number,
): Input<JoinGroupResponse> {
  return {
    ...answer,
    protocolType,
    members,
    protocolName: protocolName ?? (apiVersion < NULL_PROTOCOL_NAME_FROM ? '' : null),
    errorCode: ERRORS[error],
  }
}
