import { describeGroups } from '../../lib/client/admin/describe-groups.ts'
import { partitionName, type TopicPartition } from '../../lib/client/topic-partition.ts'
import type { ConsumerParts, ConsumerSettings } from '../../lib/client/consumer/index.ts'
import type { GroupReading } from '../../lib/client/group/index.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Context } from '../../lib/command/define.ts'
import { formatCount } from '../../lib/output/progress.ts'
import type { Voice } from '../../lib/output/voice.ts'
import { findExtents, type Selection } from '../../lib/browse/extents.ts'

/** Whether somebody reads what is said of how the reading goes. */
export const isTold = ({ style, stderr }: Pick<Context, 'style' | 'stderr'>): boolean =>
  style === 'kts' && stderr.isTTY === true

const count = (number: number, noun: string): string => `${formatCount(number)} ${noun}${number === 1 ? '' : 's'}`

/** Says how many records are passed over where reading begins at the end; nothing where that cannot be found out. */
export async function sayWhatIsOlder(
  client: KafkaClient,
  selection: Selection,
  { isReadCommitted }: ConsumerSettings,
  { signal, stderr, program }: Pick<Context, 'signal' | 'stderr' | 'program'>,
  { say }: Voice,
): Promise<void> {
  const extents = await findExtents(client, selection, isReadCommitted).catch(() => [])
  if (extents.length === 0 || signal.aborted) return
  const older = extents.reduce((sum, { from, to }) => sum + Number(to - from), 0)
  const place = `at the end of ${count(extents.length, 'partition')}`
  if (older === 0) return say(`${place}, no older records; Ctrl-C ends`)
  const passed = `${place}, ${count(older, 'older record')}`
  const line = `${passed} (--from-beginning, --last 10); Ctrl-C ends`
  if (`${program}: ${line}`.length <= (stderr.columns ?? Infinity)) return say(line)
  say(passed)
  say('--from-beginning or --last 10 shows them; Ctrl-C ends')
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
