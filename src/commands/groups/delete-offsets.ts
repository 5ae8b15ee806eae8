import { deleteGroupOffsets } from '../../lib/client/admin/delete-groups.ts'
import { describeGroups } from '../../lib/client/admin/describe-groups.ts'
import { fetchGroupOffsets } from '../../lib/client/admin/group-offsets.ts'
import { itemSentence, namedError, type ItemError } from '../../lib/client/admin/item-error.ts'
import { partitionName, type TopicPartition } from '../../lib/client/topic-partition.ts'
import type { Result } from '../../lib/command/define.ts'
import { UserError } from '../../lib/errors.ts'
import { fixedLines, tableOf, type Column } from '../../lib/output/rows.ts'
import { changing } from '../../lib/work/changing.ts'
import type { Question } from '../../lib/work/confirm.ts'
import { nameFailures } from '../../lib/work/failures.ts'
import { showPlan, type Planned } from '../../lib/work/outcomes.ts'
import type { GroupsValues } from './options.ts'
import { findPartitions, readTopicScope, type FoundTopics } from './topic-scope.ts'
import { keepOffsets } from './undo.ts'
import { isDryRun, type Work } from './work.ts'

interface DeletedItem {
  readonly topic: string
  /** Null for a topic as a whole, when it is not known. */
  readonly partition: number | null
  readonly error: ItemError | null
}

/** What one group has committed for some topics is deleted. Throws UserError for a scope that cannot be read. */
export function offsetsDeletion(values: GroupsValues): (work: Work) => Promise<Result> {
  const scopes = values.topic.map(readTopicScope)
  if (new Set(values.group).size > 1)
    throw new UserError('offsets are deleted of one group at a time: give one --group')
  const groupId = values.group[0]!
  return changing<Work, FoundTopics>({
    isDryRun,
    plan: ({ client }) => findPartitions(client, scopes),
    preview: (work, found) => preview(work, groupId, found),
    question: ({ partitions }) => question(groupId, partitions),
    apply: (work, found) => apply(work, groupId, found),
  })
}

function question(groupId: string, partitions: readonly TopicPartition[]): Question | undefined {
  const [first, ...others] = partitions.map(partitionName)
  if (first === undefined) return undefined
  if (others.length === 0) return { question: `Delete what group ${groupId} has committed for ${first}` }
  const items = partitions.map((item) => `${partitionName(item)}\n`).join('')
  return { question: `Delete what group ${groupId} has committed for these ${partitions.length} partitions`, items }
}

/**
 * What a deletion would do. A coordinator leaves alone what members subscribe to, which nobody but it knows: their
 * assignments stand in for it.
 */
async function preview(work: Work, groupId: string, { partitions, missing }: FoundTopics): Promise<Result> {
  const { client, patience } = work
  const [[described], [committed], { topics }] = await Promise.all([
    describeGroups(client, [groupId], patience),
    fetchGroupOffsets(client, [groupId], patience),
    client.metadata(distinctTopics(partitions)),
  ])
  const there = new Set(
    topics.flatMap(({ name, partitions: held }) =>
      held.map(({ partitionIndex }) => partitionName({ topic: name ?? '', partition: partitionIndex })),
    ),
  )
  const read = new Set(described!.description?.members.flatMap(({ assignment }) => distinctTopics(assignment)))
  const refusalOf = (item: TopicPartition): ItemError | null => {
    if (!there.has(partitionName(item))) return namedError('UNKNOWN_TOPIC_OR_PARTITION')
    return read.has(item.topic) ? namedError('GROUP_SUBSCRIBED_TO_TOPIC') : null
  }
  const items: DeletedItem[] = [
    ...asItems(missing),
    ...partitions.map((item) => ({ ...item, error: described!.error ?? refusalOf(item) })),
  ]
  const exitCode = await nameKept(work, groupId, items, described!.error)
  const offsets = new Map(committed!.offsets.map((item) => [partitionName(item), item.offset]))
  return showPlan(
    items.map((item) => planned(groupId, item, offsets)),
    exitCode,
  )
}

const distinctTopics = (partitions: readonly TopicPartition[]): string[] => [
  ...new Set(partitions.map(({ topic }) => topic)),
]

const asItems = (missing: FoundTopics['missing']): DeletedItem[] =>
  missing.map(({ topic, error }) => ({ topic, partition: null, error }))

function planned(
  group: string,
  { topic, partition, error }: DeletedItem,
  offsets: ReadonlyMap<string, bigint>,
): Planned {
  const name = `${topic}-${partition}`
  const offset = offsets.get(name) ?? null
  const sentence =
    offset === null
      ? `Group ${group} has committed nothing for ${name}.`
      : `Would delete the offset ${offset} of ${name} in group ${group}.`
  return {
    data: { group, topic, partition, offset, deleted: false, ...(error && { error }) },
    sentence: error ? null : sentence,
  }
}

async function apply(work: Work, groupId: string, { partitions, missing }: FoundTopics): Promise<Result> {
  const undo = await keepOffsets(work, [{ groupId, partitions }])
  const deleted = await deleteGroupOffsets(work.client, groupId, partitions, work.patience)
  const items = [...asItems(missing), ...deleted.partitions]
  if (items.some(({ error }) => error === null)) await undo.tell()
  else undo.forget()
  return work.context.style === 'kts'
    ? showForKts(work, groupId, items, deleted.error)
    : showAsApache(groupId, items, deleted.error)
}

/** Names what stays, or the one reason why all of it does. Returns the exit code. */
function nameKept(
  work: Work,
  groupId: string,
  items: readonly DeletedItem[],
  groupError: ItemError | null,
): Promise<0 | 1> {
  if (groupError)
    return nameFailures(
      [{ what: `Cannot delete offsets of group ${groupId}`, error: groupError, group: groupId }],
      work,
    )
  const failures = items.flatMap(({ topic, partition, error }) => {
    const place = partition === null ? `topic ${topic}` : partitionName({ topic, partition })
    return error ? [{ what: `Cannot delete the offset of ${place} in group ${groupId}`, error, topic }] : []
  })
  return nameFailures(failures, work)
}

function showAsApache(groupId: string, items: readonly DeletedItem[], error: ItemError | null): Result {
  const isWhole = items.every((item) => item.partition === null || item.error === null)
  const outcome = error
    ? `\nError: ${itemSentence(`Cannot delete offsets of group ${groupId}`, error)}`
    : isWhole
      ? `Request succeeded for deleting offsets from group ${groupId}.`
      : '\nError: Some partitions could not be dealt with, as the table shows.'
  return { data: null, text: () => `${outcome}\n${asText(items)}` }
}

const COLUMNS: readonly Column<DeletedItem>[] = [
  { title: 'TOPIC', value: ({ topic }) => topic, width: 15, grows: true },
  { title: 'PARTITION', value: ({ partition }) => partition ?? '-', width: 10, isNumber: true },
  {
    title: 'STATUS',
    value: ({ error }) => (error ? `Error: ${error.message} (${error.code})` : 'Successful'),
    width: 15,
    only: 'drop-in',
  },
]

/** Sorted as Apache's tool does it: by topic and number as one text, so that 10 comes before 2. */
function asText(items: readonly DeletedItem[]): string {
  const key = ({ topic, partition }: DeletedItem): string => `${topic}${partition ?? -1}`
  const sorted = [...items].sort((a, b) => (key(a) < key(b) ? -1 : 1))
  return `${fixedLines(sorted, COLUMNS)
    .map((line) => `\n${line}`)
    .join('')}\n`
}

async function showForKts(
  work: Work,
  groupId: string,
  items: readonly DeletedItem[],
  groupError: ItemError | null,
): Promise<Result> {
  const exitCode = await nameKept(work, groupId, items, groupError)
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
      tableOf(
        items.filter(({ error }) => error === null),
        [{ title: 'GROUP', value: () => groupId }, ...COLUMNS],
        { none: '' },
      ),
    exitCode,
  }
}
