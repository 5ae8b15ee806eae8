import { describeGroups } from '../../lib/client/admin/describe-groups.ts'
import type { ConsumerParts, ConsumerSettings } from '../../lib/client/consumer/index.ts'
import { groupAssignment, type GroupReading, type GroupSettings } from '../../lib/client/group/index.ts'
import { partitionName, type TopicPartition } from '../../lib/client/topic-partition.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Work } from '../../lib/work/command.ts'
import type { Selection } from '../../lib/browse/extents.ts'
import { count, isTold } from './notices.ts'
import type { ConsumeValues } from './options.ts'
import type { Session } from './session.ts'

/** Reads what a group gives this member. */
export function asMember(
  { client, context, voice: { say } }: Work<ConsumeValues>,
  settings: ConsumerSettings,
  selection: Selection,
  group: GroupSettings,
): Session['assign'] {
  const { subscription } = selection
  return (parts, printed) =>
    groupAssignment(parts, {
      group,
      settings,
      subscription,
      printed,
      notice: say,
      ...(isTold(context) &&
        groupNotices({ client, groupId: group.groupId, selection, directory: parts.directory, say })),
    })
}

interface Member {
  readonly client: KafkaClient
  readonly groupId: string
  readonly selection: Selection
  readonly directory: ConsumerParts['directory']
  say(this: void, line: string): void
}

/** Says which partitions a member of a group has each time that this changes. */
export function groupNotices(member: Member): Pick<GroupReading, 'onAssigned' | 'onRevoked'> {
  const { say } = member
  const mine = new Map<string, TopicPartition>()
  let told: string | undefined
  const tell = (line: string): void => {
    if (line !== told) say(line)
    told = line
  }
  return {
    onAssigned(partitions) {
      for (const partition of partitions) mine.set(partitionName(partition), partition)
      if (mine.size > 0) return tell(`assigned ${listPartitions([...mine.values()])}`)
      describeOthers(member).then(
        (others) => void (mine.size === 0 && tell(`idle: ${others}`)),
        () => {},
      )
    },
    onRevoked(partitions) {
      for (const partition of partitions) mine.delete(partitionName(partition))
      tell(`revoked ${listPartitions(partitions)}`)
    },
  }
}

/** How many share how much: `2 partitions, 3 members`. */
async function describeOthers({ client, groupId, selection, directory }: Member): Promise<string> {
  const partitions = [...directory.topics.values()]
    .filter((topic) => selection.subscription.matches(topic))
    .reduce((sum, topic) => sum + topic.partitions.size, 0)
  const [group] = await describeGroups(client, [groupId])
  const members = group?.description?.members.length
  return count(partitions, 'partition') + (members === undefined ? '' : `, ${count(members, 'member')}`)
}

/** More than so many partitions of a topic are counted, and not listed. */
const MOST_LISTED = 20

/** `retail-0,2 orders-1`. */
export function listPartitions(partitions: readonly TopicPartition[]): string {
  const byTopic = new Map<string, number[]>()
  for (const { topic, partition } of partitions) byTopic.set(topic, [...(byTopic.get(topic) ?? []), partition])
  return [...byTopic]
    .map(([topic, numbers]) =>
      numbers.length > MOST_LISTED
        ? `${count(numbers.length, 'partition')} of ${topic}`
        : `${topic}-${numbers.sort((a, b) => a - b).join(',')}`,
    )
    .join(' ')
}
