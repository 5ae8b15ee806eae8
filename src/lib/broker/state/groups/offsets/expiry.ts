import { tryCommit } from '../commit.ts'
import type { Group, GroupContext } from '../group-context.ts'
import { timerName } from '../../coordination/timers.ts'
import type { GroupRecord } from '../records.ts'
import { offsetTombstone } from './delete.ts'
import type { CommittedOffset } from './store.ts'

/** Looks for offsets to expire now and then (KIP-211). */
export function scheduleExpiry(context: GroupContext): void {
  context.timers.schedule(timerName('expiry', ''), context.settings.offsetsRetentionCheckIntervalMs, () => {
    expireOffsets(context)
    scheduleExpiry(context)
  })
}

/** Forgets offsets that nobody has needed for the retention time, and empty groups that have none left. */
export function expireOffsets(context: GroupContext): void {
  for (const [groupId, group] of [...context.groups]) {
    const expired = expiredOffsets(context, group)
    const isLast = expired.length === offsetCount(context, groupId) && !context.offsets.hasPending(groupId)
    const records: GroupRecord[] = expired.map(([topic, partition]) => offsetTombstone(groupId, topic, partition))
    if (isLast && group.isEmpty) records.push(...group.tombstones())
    tryCommit(context, groupId, records)
  }
}

function expiredOffsets(context: GroupContext, group: Group): [topic: string, partition: number][] {
  const agesFrom = ageOf(group)
  if (!agesFrom) return []
  const now = context.clock.now()
  const { offsetsRetentionMs } = context.settings
  const isExpired = (committed: CommittedOffset): boolean =>
    committed.expireTimestamp === null
      ? now - agesFrom(committed) >= offsetsRetentionMs
      : now >= committed.expireTimestamp
  return [...context.offsets.ofGroup(group.groupId)]
    .filter(([topic]) => !group.isSubscribedTo(topic))
    .flatMap(([topic, partitions]) =>
      [...partitions]
        .filter(
          ([partition, committed]) =>
            isExpired(committed) && !context.offsets.isPending(group.groupId, topic, partition),
        )
        .map(([partition]): [string, number] => [topic, partition]),
    )
}

/**
 * From when on the retention time of a group's offsets runs; null when they do not expire now. A classic group that
 * emptied counts from then; without members of its own, or with ones that read other topics, each commit counts.
 */
function ageOf(group: Group): ((committed: CommittedOffset) => number) | null {
  const sinceCommit = ({ commitTimestamp }: CommittedOffset): number => commitTimestamp
  if (group.type === 'consumer' || group.protocolType === null) return sinceCommit
  if (group.isEmpty) return (committed) => group.stateTimestamp ?? committed.commitTimestamp
  return group.usesConsumerProtocol && group.subscribedTopics && group.isIn('Stable') ? sinceCommit : null
}

function offsetCount(context: GroupContext, groupId: string): number {
  let count = 0
  for (const partitions of context.offsets.ofGroup(groupId).values()) count += partitions.size
  return count
}
