import { describeGroups } from '../../lib/client/admin/describe-groups.ts'
import { fetchGroupOffsets } from '../../lib/client/admin/group-offsets.ts'
import { namedError, type ItemError } from '../../lib/client/admin/item-error.ts'
import { partitionName, type TopicPartition } from '../../lib/client/admin/leaders.ts'
import type { Result } from '../../lib/command/define.ts'
import { showPlan, type Planned } from '../../lib/work/outcomes.ts'
import { nameKept, type DeletedItem } from './delete-offsets-failures.ts'
import type { FoundTopics } from './topic-scope.ts'
import type { Work } from './work.ts'

/**
 * What --delete-offsets would do. A coordinator leaves alone what members subscribe to, which nobody but it knows:
 * their assignments stand in for it.
 */
export async function planOffsetsDeletion(
  work: Work,
  groupId: string,
  partitions: readonly TopicPartition[],
  missing: FoundTopics['missing'],
): Promise<Result> {
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
    ...missing.map(({ topic, error }) => ({ topic, partition: null, error })),
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
