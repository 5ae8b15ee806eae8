import { alterGroupOffsets } from '../../lib/client/admin/alter-group-offsets.ts'
import { asKafkaError } from '../../lib/client/admin/item-error.ts'
import type { Context, Result } from '../../lib/command/define.ts'
import { confirm } from '../../lib/work/confirm.ts'
import { NearNames } from '../../lib/work/near-names.ts'
import { KafkaError, UserError } from '../../lib/errors.ts'
import { isAtTerminal } from '../../lib/output/ask.ts'
import { isForPeople } from '../../lib/output/formats.ts'
import { write } from '../../lib/output/write.ts'
import { chooseGroups } from './find-groups.ts'
import type { ChosenGroup } from '../../lib/overview/group-lag.ts'
import type { GroupsValues } from './options.ts'
import { planReset, type GroupPlan, type Plan } from './plan.ts'
import { planCsv, planTable, planText, refusalSentence, resetData } from './reset-view.ts'
import { readStrategy, type Strategy } from './strategy.ts'
import { readTopicScope } from './topic-scope.ts'
import { writeUndo } from './undo.ts'
import { say, settleGroups, type Work } from './work.ts'

/** What Apache's tool finds out at work only, and takes for wrong usage: exit code 1, nothing on stdout. */
export class UsageError extends UserError {}

/** Plans the reset, shows the plan, and does it where told to. Throws UserError for options that cannot be read. */
export function offsetsReset(values: GroupsValues, context: Context): (work: Work) => Promise<Result> {
  const scope = values.allTopics ? 'all topics' : values.topic.map(readTopicScope)
  const strategy = readStrategy(values, context)
  return async (work) => {
    if (!values.execute && !values.dryRun && context.style === 'drop-in') {
      await say(
        work,
        'nothing will be changed: add --execute to do it, or --dry-run to say that only the plan is wanted',
      )
    }
    const plan = await planReset(work, await groupsOf(work, strategy), { strategy, scope })
    return context.style === 'kts' ? resetForKts(work, plan) : resetAsApache(work, plan)
  }
}

/** Under kts a file may name its groups by itself. */
async function groupsOf(work: Work, strategy: Strategy): Promise<ChosenGroup[]> {
  const { group, allGroups } = work.values
  if (strategy.to !== 'file' || group.length > 0 || allGroups) return chooseGroups(work, { onlyConsumers: true })
  return [...strategy.plan.keys()].sort().map((groupId) => ({ groupId, type: null }))
}

/** Groups that cannot be reset are told of on stdout and left out; the others are reset. */
async function resetAsApache(work: Work, { groups, clamped, endsTaken }: Plan): Promise<Result> {
  const { values } = work
  const notices = groups.flatMap((group) => noticeOf(group) ?? [])
  for (const sentence of clamped) await say(work, `warning: ${sentence}`)
  if (values.execute) await settleGroups(work, await apply(work, groups), 'reset offsets of')
  notices.push(
    ...endsTaken.map(
      ({ topic, partition }) =>
        `\nWarn: Partition ${partition} of topic ${topic} has no record that late; its end is taken.\n`,
    ),
  )
  const isSingle = values.group.length === 1
  const shown = (): string => (values.export ? planCsv(groups, isSingle) : planText(groups))
  return { data: null, text: () => notices.join('') + shown() }
}

/** Throws as Apache's tool does: UsageError for what it takes for wrong usage, KafkaError for the rest. */
function noticeOf({ groupId, refusal }: GroupPlan): string | null {
  if (refusal === null) return null
  const sentence = refusalSentence(groupId, refusal)
  if (refusal.why === 'uncommitted') throw new UsageError(sentence)
  if (refusal.why === 'error') throw asKafkaError(refusal.error, `Cannot reset offsets of group ${groupId}`)
  if (refusal.why === 'other type') throw new KafkaError('GROUP_ID_NOT_FOUND', sentence)
  return `\nError: ${sentence}\n`
}

/** Where one group cannot be reset none is. */
async function resetForKts(work: Work, { groups, clamped, endsTaken }: Plan): Promise<Result> {
  const { values, context, output } = work
  if (groups.some(({ refusal }) => refusal)) return refused(work, groups)
  for (const sentence of clamped) await say(work, `warning: ${sentence}`)
  for (const { topic, partition } of endsTaken)
    await say(work, `warning: partition ${topic}-${partition} has no record that late; its end is taken`)
  const plan: Result = {
    data: resetData(groups, () => false, values),
    table: () => planTable(groups),
    text: () => (values.export ? planCsv(groups, values.group.length === 1) : planText(groups)),
  }
  if (values.execute || (values.yes && !values.dryRun))
    return (await isAgreed(work, groups, { yes: true })) ? execute(work, groups, plan) : { ...plan, exitCode: 1 }
  if (values.export) return { ...plan, table: plan.text }
  if (values.dryRun || groups.every(({ offsets }) => offsets.length === 0)) return plan
  if (isAtTerminal(context) && isForPeople(output)) return ask(work, groups, plan)
  await say(work, 'nothing has been changed: add --execute to do it')
  return plan
}

async function refused(work: Work, groups: readonly GroupPlan[]): Promise<Result> {
  const near = new NearNames(work.client, work.context)
  for (const { groupId, refusal } of groups) {
    if (refusal)
      await say(
        work,
        refusalSentence(groupId, refusal) + (refusal.why === 'unknown' ? await near.hint('group', groupId) : ''),
      )
  }
  if (groups.length > 1) await say(work, 'nothing has been changed')
  const data = groups.flatMap(({ groupId, refusal }) =>
    refusal ? [{ group: groupId, refused: refusal.why, message: refusalSentence(groupId, refusal) }] : [],
  )
  return { data, text: () => '', exitCode: 1 }
}

/** Shows the plan first; what has been shown is not shown again afterwards, but counted. */
async function ask(work: Work, groups: readonly GroupPlan[], plan: Result): Promise<Result> {
  await write(work.context.stdout, work.output === 'text' ? plan.text() : plan.table!())
  if (!(await isAgreed(work, groups, work.values))) return { ...plan, exitCode: 1, text: () => '', table: () => '' }
  const { moved, ...done } = await execute(work, groups, plan)
  return { ...done, text: () => '', table: () => `Moved ${moved === 1 ? '1 offset' : `${moved} offsets`}.\n` }
}

async function isAgreed(
  { context, connection }: Work,
  groups: readonly GroupPlan[],
  values: { readonly yes: boolean },
): Promise<boolean> {
  const count = countOf(groups)
  return (
    count === 0 ||
    confirm(
      { question: `Move ${count === 1 ? 'this offset' : `these ${count} offsets`}` },
      { values, context, connection },
    )
  )
}

const countOf = (groups: readonly GroupPlan[]): number => groups.reduce((sum, { offsets }) => sum + offsets.length, 0)

/** With how many offsets were moved. */
async function execute(
  work: Work,
  groups: readonly GroupPlan[],
  plan: Result,
): Promise<Result & { readonly moved: number }> {
  const undo = await writeUndo(
    work,
    groups.flatMap(({ groupId, offsets }) =>
      offsets.map(({ topic, partition, currentOffset }) => ({ groupId, topic, partition, offset: currentOffset })),
    ),
  )
  const results = await apply(work, groups)
  const exitCode = await settleGroups(work, results, 'reset offsets of')
  const done = new Set(results.filter(({ error }) => !error).map(({ groupId }) => groupId))
  if (done.size > 0) await undo.tell([...done])
  else undo.forget()
  const applied = groups.filter(({ groupId }) => done.has(groupId))
  const { export: isExport, group } = work.values
  return {
    data: resetData(groups, ({ groupId }) => done.has(groupId)),
    exitCode,
    moved: countOf(applied),
    text: () => (isExport ? planCsv(applied, group.length === 1) : planText(applied)),
    table: () => (isExport ? plan.text() : planTable(applied)),
  }
}

async function apply(work: Work, groups: readonly GroupPlan[]): ReturnType<typeof alterGroupOffsets> {
  const changes = groups.map(({ groupId, offsets }) => ({
    groupId,
    offsets: offsets.map(({ topic, partition, newOffset }) => ({ topic, partition, offset: newOffset })),
  }))
  return alterGroupOffsets(
    work.client,
    changes.filter(({ offsets }) => offsets.length > 0),
    work.patience,
  )
}
