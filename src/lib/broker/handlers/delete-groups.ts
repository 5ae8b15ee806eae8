import { DeleteGroups } from '../../protocol/apis/delete-groups.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { handle, type RequestContext } from '../handle.ts'
import { coordinated } from './shared/coordinated.ts'
import { requireRight } from './shared/rights.ts'
import { inTurns } from '../state/turns.ts'

/** A group that is named twice is answered for once. */
export const deleteGroups = handle(DeleteGroups, 'each', async ({ groupsNames }, context) => ({
  results: await inTurns(context.broker.turns, [...new Set(groupsNames)], async (groupId) => ({
    groupId,
    errorCode: await deleteOne(context, groupId),
  })),
}))

function deleteOne(context: RequestContext, groupId: string): number | Promise<number> {
  const { groups } = context.broker
  return coordinated(
    () => {
      requireRight(context, 'DELETE', 'GROUP', groupId)
      groups.deleteGroup(groupId)
      return ERRORS.NONE as number
    },
    ({ errorCode }) => errorCode,
    () => groups.awaitCommit(groupId),
  )
}
