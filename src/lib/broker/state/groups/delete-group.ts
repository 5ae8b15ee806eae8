import { KafkaError } from '../../../errors.ts'
import { commit } from './commit.ts'
import type { Group, GroupContext } from './group-context.ts'
import { offsetTombstones } from './offsets/delete.ts'

/** Erases a group and its offsets. Throws KafkaError GROUP_ID_NOT_FOUND, NON_EMPTY_GROUP. */
export function deleteGroup(context: GroupContext, groupId: string, group: Group | undefined): void {
  if (!group) throw new KafkaError('GROUP_ID_NOT_FOUND')
  if (!group.isEmpty) throw new KafkaError('NON_EMPTY_GROUP')
  commit(context, groupId, [...offsetTombstones(context, groupId), ...group.tombstones()])
}
