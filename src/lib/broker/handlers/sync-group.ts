import { KafkaError } from '../../errors.ts'
import { SyncGroup, type SyncGroupRequest, type SyncGroupResponse } from '../../protocol/apis/sync-group.ts'
import { ERRORS } from '../../protocol/errors.ts'
import type { RequestHeader } from '../../protocol/frame.ts'
import type { Input } from '../../protocol/schema.ts'
import { handle } from '../handle.ts'
import type { SyncAnswer } from '../state/groups/classic/member.ts'
import { whenDone } from '../state/turns.ts'
import { coordinated } from './shared/coordinated.ts'
import { requireRight } from './shared/rights.ts'

/** The first version that says which protocol the member takes it for. */
const NAMES_FROM = 5

/** Answers when the leader of the group has sent the assignment. */
export const syncGroup = handle(SyncGroup, 'each', (request, context) => {
  const {
    broker: { groups },
    header,
  } = context
  const answer = coordinated(
    () => {
      requireNames(request, header)
      requireRight(context, 'READ', 'GROUP', request.groupId)
      return groups.syncGroup(request)
    },
    ({ error }): SyncAnswer => ({ error }),
    () => groups.awaitCommit(request.groupId),
  )
  return whenDone(answer, response)
})

/** Newer clients say what they take the protocol to be (KIP-559). Throws KafkaError INCONSISTENT_GROUP_PROTOCOL. */
function requireNames({ protocolType, protocolName }: SyncGroupRequest, { apiVersion }: RequestHeader): void {
  const isMissing = protocolType === null || protocolName === null
  if (apiVersion >= NAMES_FROM && isMissing) throw new KafkaError('INCONSISTENT_GROUP_PROTOCOL')
}

const response = ({ error, ...answer }: SyncAnswer): Input<SyncGroupResponse> => ({
  ...answer,
  errorCode: ERRORS[error],
})
