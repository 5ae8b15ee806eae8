import { deleteGroups, type DeletedGroup } from '../../lib/client/admin/delete-groups.ts'
import { describeGroups, type DescribedGroup } from '../../lib/client/admin/describe-groups.ts'
import { itemSentence } from '../../lib/client/admin/item-error.ts'
import type { Result } from '../../lib/command/define.ts'
import { chooseGroups } from './find-groups.ts'
import { nameMembers } from './members.ts'
import { keepOffsets } from './undo.ts'
import { say, type Work } from './work.ts'

/** Deletes every group that the options name and that has no members. */
export async function deleteChosen(work: Work): Promise<Result> {
  const groups = await chooseGroups(work, { onlyConsumers: true })
  const groupIds = groups.map(({ groupId }) => groupId)
  const undo = await keepOffsets(work, groupIds.map((groupId) => ({ groupId })))
  const deleted = await deleteGroups(work.client, groupIds, work.patience)
  const gone = deleted.filter(({ error }) => !error).map(({ groupId }) => groupId)
  if (gone.length > 0) await undo.tell(gone)
  else undo.forget()
  const exitCode = work.context.style === 'kts' ? await nameFailures(work, deleted) : 0
  return {
    data: deleted.map(({ groupId, error }) => ({ group: groupId, deleted: error === null, ...(error && { error }) })),
    text: () => (work.context.style === 'kts' ? asText(deleted.filter(({ error }) => !error)) : asText(deleted)),
    table: () => deleted.map(({ groupId, error }) => (error ? '' : `Deleted group ${groupId}.\n`)).join(''),
    exitCode,
  }
}

/** Returns the exit code. Whoever keeps a group from being deleted is named. */
async function nameFailures(work: Work, deleted: readonly DeletedGroup[]): Promise<number> {
  const failed = deleted.filter(({ error }) => error)
  const active = failed.filter(({ error }) => error!.code === 'NON_EMPTY_GROUP').map(({ groupId }) => groupId)
  const described = active.length === 0 ? [] : await describeGroups(work.client, active, work.patience)
  const found = new Map(described.map((group: DescribedGroup) => [group.groupId, group.description]))
  for (const { groupId, error } of failed) {
    const description = found.get(groupId)
    await say(work, itemSentence(`Cannot delete group ${groupId}`, error!) + (description ? `: ${nameMembers(description.members)}` : ''))
  }
  return failed.length > 0 ? 1 : 0
}

/** Apache's sentences. */
function asText(deleted: readonly DeletedGroup[]): string {
  const names = (groups: readonly DeletedGroup[]): string => groups.map(({ groupId }) => `'${groupId}'`).join(', ')
  const [done, failed] = [deleted.filter(({ error }) => !error), deleted.filter(({ error }) => error)]
  if (failed.length === 0) return done.length === 0 ? '' : `Deletion of requested consumer groups (${names(done)}) was successful.\n`
  const failures = failed.map(({ groupId, error }) => `* Group '${groupId}' could not be deleted due to: ${error!.message} (${error!.code})\n`).join('')
  const rest = done.length === 0 ? '' : `\nThese consumer groups were deleted successfully: ${names(done)}\n`
  return `\nError: Deletion of some consumer groups failed:\n${failures}${rest}`
}
