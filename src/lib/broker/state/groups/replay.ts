import { ClassicGroup } from './classic/group.ts'
import { groupFromRecord } from './classic/records.ts'
import { applyConsumerRecord } from './consumer/replay.ts'
import type { GroupContext } from './group-context.ts'
import type { GroupRecord, RecordOf } from './records.ts'

/**
 * Does what a record says, when it is written and when it is read back. A compacted log may have lost records in
 * between, so a tombstone for what is not there, or for a group of the other type, says nothing. With a producer it is
 * part of a transaction, which only offsets can be.
 */
export function applyRecord(context: GroupContext, record: GroupRecord, producerId: bigint | null = null): void {
  switch (record.kind) {
    case 'OffsetCommit':
      return applyOffsetCommit(context, record, producerId)
    case 'GroupMetadata':
      return applyGroupMetadata(context, record)
    default:
      return applyConsumerRecord(context, record)
  }
}

/** Offsets of a group that is not known belong to a simple group, which has no record of its own. */
function applyOffsetCommit(context: GroupContext, record: RecordOf<'OffsetCommit'>, producerId: bigint | null): void {
  const groupId = record.key.group
  if (record.value && !context.groups.has(groupId)) {
    context.groups.set(groupId, new ClassicGroup(groupId, { state: 'Empty', stateTimestamp: null }))
  }
  context.offsets.apply(record, producerId)
}

function applyGroupMetadata(
  context: GroupContext,
  { key: { group: groupId }, value }: RecordOf<'GroupMetadata'>,
): void {
  if (value) context.groups.set(groupId, groupFromRecord(groupId, value))
  else if (context.groups.get(groupId)?.type === 'classic') context.groups.delete(groupId)
}
