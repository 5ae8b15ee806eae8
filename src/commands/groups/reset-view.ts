import { itemSentence } from '../../lib/client/admin/item-error.ts'
import { partitionName, type TopicPartition } from '../../lib/client/topic-partition.ts'
import { fixedLines, tableOf, widest, type Column } from '../../lib/output/rows.ts'
import { csvLine } from '../../lib/output/csv.ts'
import { nameMembers } from './members-view.ts'
import type { GroupPlan, Refusal } from './plan.ts'

/** The JSON of --reset-offsets: a row for each partition. */
export const resetData = (
  groups: readonly GroupPlan[],
  isApplied: (group: GroupPlan) => boolean,
  { dryRun = false } = {},
): unknown =>
  groups.flatMap((group) =>
    group.offsets.map((offset) => ({
      group: group.groupId,
      ...offset,
      applied: isApplied(group),
      ...(dryRun && { dryRun }),
    })),
  )

type Row = GroupPlan['offsets'][number] & { readonly groupId: string }

const rowsOf = (groups: readonly GroupPlan[]): Row[] =>
  groups.flatMap(({ groupId, offsets }) => offsets.map((offset) => ({ groupId, ...offset })))

const COLUMNS: readonly Column<Row>[] = [
  { title: 'GROUP', value: ({ groupId }) => groupId },
  { title: 'TOPIC', value: ({ topic }) => topic, width: 15, grows: true },
  { title: 'PARTITION', value: ({ partition }) => partition, width: 10, isNumber: true },
  { title: 'CURRENT', value: ({ currentOffset }) => currentOffset ?? '-', only: 'kts', isNumber: true },
  { title: 'NEW', apacheTitle: 'NEW-OFFSET', value: ({ newOffset }) => newOffset, isNumber: true },
  {
    title: 'CHANGE',
    value: ({ currentOffset, newOffset }) => (currentOffset === null ? 'new' : change(newOffset - currentOffset)),
    only: 'kts',
    isNumber: true,
  },
]

/** Apache's table; where there are groups it has a head, whether they have rows or not. */
export function planText(groups: readonly GroupPlan[]): string {
  const [group, ...others] = COLUMNS
  const ids = groups.map(({ groupId }) => groupId)
  const lines = ids.length === 0 ? [] : fixedLines(rowsOf(groups), [{ ...group!, width: widest(ids, 15) }, ...others])
  return `${lines.map((line) => `\n${line}`).join('')}\n`
}

/** What changes, and by how much. */
export const planTable = (groups: readonly GroupPlan[]): string =>
  tableOf(rowsOf(groups), COLUMNS, { none: 'There is nothing to reset.' })

const change = (by: bigint): string => (by > 0n ? `+${by}` : by === 0n ? '' : `${by}`)

/** As --from-file takes it; Apache's tool ends it with an empty line. */
export function planCsv(groups: readonly GroupPlan[], isSingle: boolean): string {
  const lines = groups.flatMap(({ groupId, offsets }) =>
    offsets.map(({ topic, partition, newOffset }) =>
      csvLine([...(isSingle ? [] : [groupId]), topic, partition, newOffset]),
    ),
  )
  return `${lines.join('')}\n`
}

/** Why a group is left alone, and what can be done about it. */
export function refusalSentence(groupId: string, refusal: Refusal): string {
  switch (refusal.why) {
    case 'error':
      return itemSentence(`Cannot reset offsets of group ${groupId}`, refusal.error)
    case 'unknown':
      return `There is no group ${groupId} (GROUP_ID_NOT_FOUND); --new-group sets where one that is yet to come begins`
    case 'not in the file':
      return `The file says nothing of group ${groupId}`
    case 'uncommitted':
      return `Group ${groupId} has committed nothing to shift for ${list(refusal.partitions)}`
    case 'other type':
      return `Group ${groupId} is a ${refusal.description.type.toLowerCase()} group: its offsets are not reset with this command`
    case 'active': {
      const { state, members } = refusal.description
      const who =
        members.length === 0
          ? ''
          : `; stop its ${members.length === 1 ? 'member' : `${members.length} members`} first: ${nameMembers(members)}`
      return `Offsets can only be reset while a group has no members, and group ${groupId} is in the state ${state}${who}`
    }
  }
}

const MOST_PARTITIONS = 5

function list(partitions: readonly TopicPartition[]): string {
  const more = partitions.length - MOST_PARTITIONS
  return (
    partitions.slice(0, MOST_PARTITIONS).map(partitionName).join(', ') +
    (more > 0 ? ` and ${more} more partitions` : '')
  )
}
