import { listGroups, type GroupListing } from '../../client/admin/list-groups.ts'
import type { KafkaClient } from '../../client/types.ts'
import { wait, type Clock } from '../../clock.ts'
import { isExpected } from '../../errors.ts'
import { collectLags, totalLag, type GroupLag } from '../../overview/group-lag.ts'
import { RateWindow, type WatchedGroup } from '../../overview/rates.ts'
import type { EventStream } from '../event-stream.ts'
import { longOf } from '../long.ts'
import type { GroupCount, GroupLine, GroupView } from '../wire.ts'

export const allGroups = (client: KafkaClient, clock: Clock): Promise<GroupListing[]> =>
  listGroups(client, {}, { clock })

/** Sorted by name. */
export const groupLines = (groups: readonly GroupListing[]): GroupLine[] =>
  groups
    .map(({ groupId, type, state, protocol }) => ({ group: groupId, type: type ?? '', state: state ?? '', protocol }))
    .sort((a, b) => (a.group < b.group ? -1 : 1))

const lagsOf = (client: KafkaClient, clock: Clock, groupIds: readonly string[]): Promise<GroupLag[]> =>
  collectLags(
    { client, patience: { clock } },
    groupIds.map((groupId) => ({ groupId, type: null })),
  )

/** What is asked for the groups in view only. */
export async function groupCounts(
  client: KafkaClient,
  clock: Clock,
  groupIds: readonly string[],
): Promise<GroupCount[]> {
  return (await lagsOf(client, clock, groupIds)).map(({ groupId, described, partitions, error }) => ({
    group: groupId,
    members: described.description?.members.length ?? null,
    lag: longOf(totalLag(partitions)),
    error: error?.message ?? null,
  }))
}

/** The groups that have committed for a topic, or that read it now. */
export async function readersOf(client: KafkaClient, clock: Clock, topic: string): Promise<GroupCount[]> {
  const groups = await allGroups(client, clock)
  const lags = await lagsOf(
    client,
    clock,
    groups.map(({ groupId }) => groupId),
  )
  return lags.flatMap(({ groupId, described, partitions, error }) => {
    const own = partitions.filter((partition) => partition.topic === topic)
    if (own.length === 0) return []
    const members = new Set(own.flatMap(({ member }) => member?.memberId ?? []))
    const count = described.description ? members.size : null
    return [{ group: groupId, members: count, lag: longOf(totalLag(own)), error: error?.message ?? null }]
  })
}

const LOOK_EVERY_MS = 1000

/** Sends a look at a group every second, until the signal. Throws KafkaError for one that is not there. */
export async function watchGroup(
  client: KafkaClient,
  clock: Clock,
  group: string,
  stream: () => EventStream,
  signal: AbortSignal,
): Promise<void> {
  const window = new RateWindow()
  let events: EventStream | undefined
  while (!signal.aborted) {
    try {
      const seen = window.add(clock.now(), await lagsOf(client, clock, [group]))[0]!
      events ??= stream()
      if (seen.of.error) events.send('problem', { error: seen.of.error.message, code: seen.of.error.code })
      else events.send('lag', groupView(seen))
    } catch (error) {
      if (!events || !isExpected(error)) throw error
      events.send('waiting', { reason: error.message })
    }
    await events.drained()
    await wait(clock, LOOK_EVERY_MS, signal)
  }
}

function groupView({ of, partitions, lag, ...rates }: WatchedGroup): GroupView {
  const { groupId, described } = of
  const { description } = described
  return {
    group: groupId,
    type: description?.type ?? '',
    state: description?.state ?? '',
    assignor: description?.assignor ?? null,
    lag: longOf(lag),
    consumedPerSecond: rates.consumedPerSecond,
    producedPerSecond: rates.producedPerSecond,
    secondsToCatchUp: rates.secondsToCatchUp,
    members: (description?.members ?? []).map(({ memberId, clientId, host, assignment }) => ({
      memberId,
      clientId,
      host,
      partitions: assignment.length,
    })),
    partitions: partitions.map((partition) => ({
      topic: partition.topic,
      partition: partition.partition,
      currentOffset: longOf(partition.currentOffset),
      endOffset: longOf(partition.logEndOffset),
      lag: longOf(partition.lag),
      consumedPerSecond: partition.consumedPerSecond,
      memberId: partition.member?.memberId ?? null,
      clientId: partition.member?.clientId ?? null,
    })),
  }
}
