import { DeleteGroups } from '../../protocol/apis/delete-groups.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { handle } from '../handle.ts'
import type { Broker } from '../state/broker.ts'
import { coordinated } from './shared/coordinated.ts'
import { inTurns } from '../state/turns.ts'

/** A group that is named twice is answered for once. */
export const deleteGroups = handle(DeleteGroups, async ({ groupsNames }, { broker }) => ({
  results: await inTurns(broker.turns, [...new Set(groupsNames)], async (groupId) => ({
    groupId,
    errorCode: await deleteOne(broker, groupId),
  })),
}))

function deleteOne(broker: Broker, groupId: string): number | Promise<number> {
  return coordinated(
    () => {
      broker.groups.deleteGroup(groupId)
      return ERRORS.NONE as number
    },
    ({ errorCode }) => errorCode,
    () => broker.groups.awaitCommit(groupId),
  )
}
