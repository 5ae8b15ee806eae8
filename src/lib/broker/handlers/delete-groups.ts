import { DeleteGroups } from '../../protocol/apis/delete-groups.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { handle } from '../handle.ts'
import type { Broker } from '../state/broker.ts'
import { coordinated } from './coordinated.ts'

/** A group that is named twice is answered for once. */
export const deleteGroups = handle(DeleteGroups, ({ groupsNames }, { broker }) => ({
  results: [...new Set(groupsNames)].map((groupId) => ({ groupId, errorCode: deleteOne(broker, groupId) })),
}))

function deleteOne(broker: Broker, groupId: string): number {
  return coordinated(
    () => {
      broker.groups.deleteGroup(groupId)
      return ERRORS.NONE as number
    },
    ({ errorCode }) => errorCode,
  )
}
