import { deleteGroups, type DeletedGroup } from '../../lib/client/admin/delete-groups.ts'
import { describeGroups, type DescribedGroup } from '../../lib/client/admin/describe-groups.ts'
import { namedError } from '../../lib/client/admin/item-error.ts'
import type { Result } from '../../lib/command/define.ts'
import { confirm, type Question } from '../../lib/work/confirm.ts'
import { NOTHING_DONE, showPlan } from '../../lib/work/outcomes.ts'
import { nameFailures } from '../../lib/work/failures.ts'
import { chooseGroups, typesOf, type ChosenGroup } from './find-groups.ts'
import { nameMembers } from './members.ts'
import { keepOffsets } from './undo.ts'
import { isDryRun, type Work } from './work.ts'

/** Deletes every group that the options name and that has no members. */
export async function deleteChosen(work: Work): Promise<Result> {
  const groups = await chooseGroups(work, { onlyConsumers: true })
  if (isDryRun(work)) return plan(work, groups)
  const groupIds = groups.map(({ groupId }) => groupId)
  if (groupIds.length > 0 && !(await confirm(deed(groupIds), work))) return NOTHING_DONE
  const undo = await keepOffsets(
    work,
    groupIds.map((groupId) => ({ groupId })),
  )
  const deleted = await deleteGroups(work.client, groupIds, work.patience)
  const gone = deleted.filter(({ error }) => !error).map(({ groupId }) => groupId)
  if (gone.length > 0) await undo.tell(gone)
  else undo.forget()
  const exitCode =
    work.context.style === 'kts' ? await nameStaying(work, deleted, await describeActive(work, deleted)) : 0
  return {
    data: deleted.map(({ groupId, error }) => ({ group: groupId, deleted: error === null, ...(error && { error }) })),
    text: () => (work.context.style === 'kts' ? asText(deleted.filter(({ error }) => !error)) : asText(deleted)),
    table: () => deleted.map(({ groupId, error }) => (error ? '' : `Deleted group ${groupId}.\n`)).join(''),
    exitCode,
  }
}

function deed(groupIds: readonly string[]): Question {
  if (groupIds.length === 1) return { question: `Delete group ${groupIds[0]} and what it has committed` }
  return {
    question: `Delete these ${groupIds.length} groups and what they have committed`,
    items: groupIds.map((groupId) => `${groupId}\n`).join(''),
  }
}

/** What would become of the groups as they are now: a coordinator deletes those without members. */
async function plan(work: Work, groups: readonly ChosenGroup[]): Promise<Result> {
  const described = await describeGroups(
    work.client,
    groups.map(({ groupId }) => groupId),
    { ...work.patience, types: typesOf(groups) },
  )
  const fates = described.map(
    ({ groupId, description, error }): DeletedGroup => ({
      groupId,
      error: error ?? (description!.state !== 'Empty' ? namedError('NON_EMPTY_GROUP') : null),
    }),
  )
  const exitCode = await nameStaying(work, fates, described)
  return showPlan(
    fates.map(({ groupId, error }) => ({
      data: { group: groupId, deleted: false, ...(error && { error }) },
      sentence: error ? null : `Would delete group ${groupId}.`,
    })),
    exitCode,
  )
}

async function describeActive(work: Work, deleted: readonly DeletedGroup[]): Promise<readonly DescribedGroup[]> {
  const active = deleted.filter(({ error }) => error?.code === 'NON_EMPTY_GROUP').map(({ groupId }) => groupId)
  return active.length === 0 ? [] : describeGroups(work.client, active, work.patience)
}

/** Returns the exit code. Whoever keeps a group from being deleted is named. */
async function nameStaying(
  { client, context }: Work,
  groups: readonly DeletedGroup[],
  described: readonly DescribedGroup[],
): Promise<0 | 1> {
  const members = new Map(described.map(({ groupId, description }) => [groupId, description?.members ?? []]))
  return nameFailures(
    groups.flatMap(({ groupId, error }) =>
      error
        ? [
            {
              what: `Cannot delete group ${groupId}`,
              error,
              group: groupId,
              ...(members.get(groupId)?.length && { more: `: ${nameMembers(members.get(groupId)!)}` }),
            },
          ]
        : [],
    ),
    { client, context },
  )
}

/** Apache's sentences. */
function asText(deleted: readonly DeletedGroup[]): string {
  const names = (groups: readonly DeletedGroup[]): string => groups.map(({ groupId }) => `'${groupId}'`).join(', ')
  const [done, failed] = [deleted.filter(({ error }) => !error), deleted.filter(({ error }) => error)]
  if (failed.length === 0)
    return done.length === 0 ? '' : `Deletion of requested consumer groups (${names(done)}) was successful.\n`
  const failures = failed
    .map(
      ({ groupId, error }) => `* Group '${groupId}' could not be deleted due to: ${error!.message} (${error!.code})\n`,
    )
    .join('')
  const rest = done.length === 0 ? '' : `\nThese consumer groups were deleted successfully: ${names(done)}\n`
  return `\nError: Deletion of some consumer groups failed:\n${failures}${rest}`
}
