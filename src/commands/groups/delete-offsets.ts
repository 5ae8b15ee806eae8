import { deleteGroupOffsets } from '../../lib/client/admin/delete-groups.ts'
import { itemSentence, type ItemError } from '../../lib/client/admin/item-error.ts'
import { partitionName, type TopicPartition } from '../../lib/client/admin/leaders.ts'
import type { Result } from '../../lib/command/define.ts'
import { confirm, type Question } from '../../lib/work/confirm.ts'
import { NOTHING_DONE } from '../../lib/work/outcomes.ts'
import { UserError } from '../../lib/errors.ts'
import { renderTable } from '../../lib/output/table.ts'
import { setCells, widthOf } from './columns.ts'
import { nameKept, type DeletedItem } from './delete-offsets-failures.ts'
import { planOffsetsDeletion } from './delete-offsets-plan.ts'
import type { GroupsValues } from './options.ts'
import { findPartitions, readTopicScope } from './topic-scope.ts'
import { keepOffsets } from './undo.ts'
import { isDryRun, type Work } from './work.ts'

/** What one group has committed for some topics is deleted. Throws UserError for a scope that cannot be read. */
export function offsetsDeletion(values: GroupsValues): (work: Work) => Promise<Result> {
  const scopes = values.topic.map(readTopicScope)
  if (new Set(values.group).size > 1) throw new UserError('--delete-offsets takes one --group at a time')
  const groupId = values.group[0]!
  return async (work) => {
    const { partitions, missing } = await findPartitions(work.client, scopes)
    if (isDryRun(work)) return planOffsetsDeletion(work, groupId, partitions, missing)
    if (partitions.length > 0 && !(await confirm(deed(groupId, partitions), work))) return NOTHING_DONE
    const undo = await keepOffsets(work, [{ groupId, partitions }])
    const deleted = await deleteGroupOffsets(work.client, groupId, partitions, work.patience)
    const items = [...missing.map(({ topic, error }) => ({ topic, partition: null, error })), ...deleted.partitions]
    const isDone = items.some(({ error }) => error === null)
    if (isDone) await undo.tell()
    else undo.forget()
    return work.context.style === 'kts'
      ? showForKts(work, groupId, items, deleted.error)
      : show(groupId, items, deleted.error)
  }
}

function deed(groupId: string, partitions: readonly TopicPartition[]): Question {
  const [first, ...others] = partitions.map(partitionName)
  if (others.length === 0) return { question: `Delete what group ${groupId} has committed for ${first}` }
  const items = partitions.map((item) => `${partitionName(item)}\n`).join('')
  return { question: `Delete what group ${groupId} has committed for these ${partitions.length} partitions`, items }
}

function show(groupId: string, items: readonly DeletedItem[], error: ItemError | null): Result {
  const isWhole = items.every((item) => item.partition === null || item.error === null)
  const outcome = error
    ? `\nError: ${itemSentence(`Cannot delete offsets of group ${groupId}`, error)}`
    : isWhole
      ? `Request succeeded for deleting offsets from group ${groupId}.`
      : '\nError: Some partitions could not be dealt with, as the table shows.'
  return { data: null, text: () => `${outcome}\n${asText(items)}` }
}

/** Sorted as Apache's tool does it: by topic and number as one text, so that 10 comes before 2. */
function asText(items: readonly DeletedItem[]): string {
  const key = ({ topic, partition }: DeletedItem): string => `${topic}${partition ?? -1}`
  const sorted = [...items].sort((a, b) => (key(a) < key(b) ? -1 : 1))
  const widths = [widthOf(items.map(({ topic }) => topic)), 10, 15]
  const rows = sorted.map(({ topic, partition, error }) => [
    topic,
    partition ?? '-',
    error ? `Error: ${error.message} (${error.code})` : 'Successful',
  ])
  return [['TOPIC', 'PARTITION', 'STATUS'], ...rows].map((row) => `\n${setCells(row, widths)}`).join('') + '\n'
}

async function showForKts(
  work: Work,
  groupId: string,
  items: readonly DeletedItem[],
  groupError: ItemError | null,
): Promise<Result> {
  const exitCode = await nameKept(work, groupId, items, groupError)
  const done = items.filter((item): item is DeletedItem & TopicPartition => item.error === null)
  return {
    data: items.map(({ topic, partition, error }) => ({
      group: groupId,
      topic,
      partition,
      deleted: error === null,
      ...(error && { error }),
    })),
    text: () => asText(items),
    table: () =>
      done.length === 0
        ? ''
        : renderTable(
            ['GROUP', 'TOPIC', 'PARTITION'],
            done.map(({ topic, partition }) => [groupId, topic, `${partition}`]),
            { right: [2] },
          ),
    exitCode,
  }
}
