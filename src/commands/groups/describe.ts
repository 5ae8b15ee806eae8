import { describeGroups, type DescribedGroup } from '../../lib/client/admin/describe-groups.ts'
import type { Result } from '../../lib/command/define.ts'
import { write } from '../../lib/output/write.ts'
import { chooseGroups } from './find-groups.ts'
import { collectLags, typesOf } from '../../lib/overview/group-lag.ts'
import { membersData, membersTable, membersText } from './members-view.ts'
import { offsetsData, offsetsTable, offsetsText } from './offsets-view.ts'
import { isKnown, statesData, statesTable, statesText, type KnownGroup } from './states-view.ts'
import { settleGroups, type Work } from './work.ts'

export async function describe(work: Work): Promise<Result> {
  const { members, state } = work.values
  if (members) return describeMembers(work)
  return state === undefined ? describeOffsets(work) : describeStates(work)
}

async function describeOffsets(work: Work): Promise<Result> {
  const { verbose } = work.values
  const lags = await collectLags(work, await chooseGroups(work))
  const exitCode = await settleGroups(work, lags, 'describe')
  const known = lags.filter(({ error }) => error === null)
  await noticeStates(
    work,
    known.map(({ described }) => described),
  )
  return {
    data: offsetsData(lags),
    text: () => offsetsText(known, verbose),
    table: () => offsetsTable(known, verbose),
    exitCode,
  }
}

async function describeMembers(work: Work): Promise<Result> {
  const { verbose } = work.values
  const { groups, known, exitCode } = await describeChosen(work)
  return {
    data: membersData(groups),
    text: () => membersText(known, verbose),
    table: () => membersTable(known, verbose),
    exitCode,
  }
}

async function describeStates(work: Work): Promise<Result> {
  const { verbose } = work.values
  const { groups, known, exitCode } = await describeChosen(work)
  return {
    data: statesData(groups),
    text: () => statesText(known, verbose, work.context.style),
    table: () => statesTable(known),
    exitCode,
  }
}

async function describeChosen(
  work: Work,
): Promise<{ groups: DescribedGroup[]; known: KnownGroup[]; exitCode: number }> {
  const chosen = await chooseGroups(work)
  const groups = await describeGroups(
    work.client,
    chosen.map(({ groupId }) => groupId),
    { ...work.patience, types: typesOf(chosen) },
  )
  const exitCode = await settleGroups(work, groups, 'describe')
  const known = groups.filter(isKnown)
  await noticeStates(work, known)
  return { groups, known, exitCode }
}

const REBALANCING: readonly string[] = ['PreparingRebalance', 'CompletingRebalance', 'Assigning', 'Reconciling']

/** Apache's tool says on stderr what its tables do not show; those of kts do. */
async function noticeStates({ context }: Work, groups: readonly DescribedGroup[]): Promise<void> {
  if (context.style === 'kts') return
  for (const { groupId, description } of groups) {
    if (description?.state === 'Empty')
      await write(context.stderr, `\nConsumer group '${groupId}' has no active members.\n`)
    if (description && REBALANCING.includes(description.state))
      await write(context.stderr, `\nWarning: Consumer group '${groupId}' is rebalancing.\n`)
  }
}
