import { deleteGroups, type DeletedGroup } from '../../lib/client/admin/delete-groups.ts'
import { describeGroups, type DescribedGroup } from '../../lib/client/admin/describe-groups.ts'
import { namedError } from '../../lib/client/admin/item-error.ts'
import type { Result } from '../../lib/command/define.ts'
import { changing } from '../../lib/work/changing.ts'
import type { Question } from '../../lib/work/confirm.ts'
import { showPlan } from '../../lib/work/outcomes.ts'
import { nameFailures } from '../../lib/work/failures.ts'
import { chooseGroups } from './find-groups.ts'
import { typesOf, type ChosenGroup } from '../../lib/overview/group-lag.ts'
import { nameMembers } from './members-view.ts'
import { keepOffsets } from './undo.ts'
import { isDryRun, type Work } from './work.ts'

/** Deletes every group that the options name and that has no members. */
export const deleteChosen = changing<Work, ChosenGroup[]>({
  isDryRun,
  plan: (work) => chooseGroups(work, { onlyConsumers: true }),
  preview,
  question: (groups) => question(groups.map(({ groupId }) => groupId)),
  apply,
})

function question(groupIds: readonly string[]): Question | undefined {
  if (groupIds.length === 0) return undefined
  if (groupIds.length === 1) return { question: `Delete group ${groupIds[0]} and what it has committed` }
  return {
    question: `Delete these ${groupIds.length} groups and what they have committed`,
    items: groupIds.map((groupId) => `${groupId}\n`).join(''),
  }
}

async function apply(work: Work, groups: readonly ChosenGroup[]): Promise<Result> {
  const groupIds = groups.map(({ groupId }) => groupId)
  const undo = await keepOffsets(
    work,
    groupIds.map((groupId) => ({ groupId })),
  )
  const deleted = await deleteGroups(work.client, groupIds, work.patience)
  const gone = deleted.filter(({ error }) => !error)
  if (gone.length > 0) await undo.tell(gone.map(({ groupId }) => groupId))
  else undo.forget()
  const isKts = work.context.style === 'kts'
  return {
    data: deleted.map(({ groupId, error }) => ({ group: groupId, deleted: error === null, ...(error && { error }) })),
    text: () => asText(isKts ? gone : deleted),
    table: () => gone.map(({ groupId }) => `Deleted group ${groupId}.\n`).join(''),
    exitCode: isKts ? await nameStaying(work, deleted, await describeActive(work, deleted)) : 0,
  }
}

/** What would become of the groups as they are now: a coordinator deletes those without members. */
async function preview(work: Work, groups: readonly ChosenGroup[]): Promise<Result> {
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
  work: Work,
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
    work,
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
