import { KafkaError } from '../../../errors.ts'
import type { TransactionOwner } from '../coordination/state-topic.ts'
import type { GroupContext } from './group-context.ts'
import type { GroupRecord } from './records.ts'
import { applyRecord } from './replay.ts'

/**
 * Writes records and then does what they say. The same code acts on them when they are read back, so that what is in
 * memory is what a restart will find. With an owner the records are part of its transaction. Throws KafkaError when
 * they cannot be written: then nothing has changed.
 */
export function commit(
  context: GroupContext,
  groupId: string,
  records: readonly GroupRecord[],
  owner?: TransactionOwner,
): void {
  context.log.append(records, owner)
  for (const record of records) applyRecord(context, record, owner?.producerId ?? null)
  if (!context.report) return
  const group = context.groups.get(groupId)
  if (group) context.report.onChanged(group)
  else context.report.onDeleted(groupId)
}

/**
 * For what is done now and then: when it cannot be written, nothing has changed, and it is found again the next time.
 */
export function tryCommit(context: GroupContext, groupId: string, records: readonly GroupRecord[]): void {
  try {
    commit(context, groupId, records)
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error
  }
}
