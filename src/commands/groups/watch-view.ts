import { formatCount } from '../../lib/output/progress.ts'
import { style } from '../../lib/output/style.ts'
import { renderTable } from '../../lib/output/table.ts'
import { lagCell } from './states-view.ts'
import type { Rates, WatchedGroup, WatchedPartition } from '../../lib/overview/rates.ts'

/** What a line of JSON says of one group at one moment. */
export function watchData(time: string, { of, partitions, lag, ...rates }: WatchedGroup): unknown {
  const {
    groupId,
    described: { description },
    error,
  } = of
  if (error) return { time, group: groupId, error }
  return {
    time,
    group: groupId,
    type: description!.type,
    state: description!.state,
    members: description!.members.length,
    lag,
    ...rounded(rates),
    partitions: partitions.map(({ topic, partition, currentOffset, logEndOffset, member, ...rest }) => ({
      topic,
      partition,
      currentOffset,
      logEndOffset,
      lag: rest.lag,
      ...rounded(rest),
      memberId: member?.memberId ?? null,
      clientId: member?.clientId ?? null,
    })),
  }
}

const rounded = ({ consumedPerSecond, producedPerSecond, secondsToCatchUp }: Rates): Rates => ({
  consumedPerSecond: round(consumedPerSecond),
  producedPerSecond: round(producedPerSecond),
  secondsToCatchUp: round(secondsToCatchUp),
})

const round = (value: number | null): number | null => (value === null ? null : Math.round(value * 10) / 10)

/**
 * One table of all groups, with a line for what each adds up to. Where it is too long for so many lines, partitions
 * with little lag are left out.
 */
export function watchLines(groups: readonly WatchedGroup[], most = Infinity): string[] {
  const known = groups.filter(({ of }) => of.error === null)
  const failed = groups.flatMap(({ of: { groupId, error } }) =>
    error ? [style.stdout.red(`${groupId}: ${error.message}`)] : [],
  )
  const partitions = known.flatMap(({ of, partitions: list }) =>
    list.map((partition) => ({ groupId: of.groupId, partition })),
  )
  const room = most - failed.length - known.length - 2
  const shown = new Set(
    room >= partitions.length ? partitions : [...partitions].sort(byLag).slice(0, Math.max(0, room)),
  )
  const rows = known.flatMap((group) => [
    ...partitions
      .filter((item) => item.groupId === group.of.groupId && shown.has(item))
      .map(({ partition }) => partitionRow(group, partition)),
    totalRow(group),
  ])
  const hidden = partitions.length - shown.size
  const table =
    rows.length === 0
      ? []
      : renderTable(HEAD, rows, { right: [2, 3, 4, 5, 6, 7, 8], goes: ['CLIENT', 'CURRENT', 'END', 'WRITTEN/S'] })
          .trimEnd()
          .split('\n')
  return [
    ...table,
    ...(hidden > 0 ? [style.stdout.dim(`and ${hidden} more partitions with no more lag than these`)] : []),
    ...failed,
  ]
}

const HEAD = ['GROUP', 'TOPIC', 'PARTITION', 'CURRENT', 'END', 'LAG', 'READ/S', 'WRITTEN/S', 'CATCH UP', 'CLIENT']

const byLag = (a: { partition: WatchedPartition }, b: { partition: WatchedPartition }): number =>
  Number((b.partition.lag ?? -1n) - (a.partition.lag ?? -1n))

const partitionRow = ({ of }: WatchedGroup, partition: WatchedPartition): string[] => [
  of.groupId,
  partition.topic,
  `${partition.partition}`,
  `${partition.currentOffset ?? '-'}`,
  `${partition.logEndOffset ?? '-'}`,
  lagCell(partition.lag),
  ...rateCells(partition, partition.lag ?? 0n),
  partition.member?.clientId ?? '',
]

function totalRow(group: WatchedGroup): string[] {
  const { state, members } = group.of.described.description!
  const who =
    members.length === 0 ? state : `${state}, ${members.length} ${members.length === 1 ? 'member' : 'members'}`
  const cells = [
    group.of.groupId,
    'total',
    '',
    '',
    '',
    `${group.lag ?? '-'}`,
    ...rateCells(group, group.lag ?? 0n),
    who,
  ]
  return cells.map((cell) => (cell === '' ? '' : style.stdout.bold(cell)))
}

function rateCells({ consumedPerSecond, producedPerSecond, secondsToCatchUp }: Rates, lag: bigint): string[] {
  return [
    perSecond(consumedPerSecond),
    perSecond(producedPerSecond),
    secondsToCatchUp === null ? pace(consumedPerSecond, producedPerSecond, lag) : duration(secondsToCatchUp),
  ]
}

const perSecond = (rate: number | null): string =>
  rate === null ? '-' : rate < 10 ? `${Math.round(rate * 10) / 10}` : formatCount(Math.round(rate))

/** Why there is no time to catch up. */
function pace(consumed: number | null, produced: number | null, lag: bigint): string {
  if (consumed === null || produced === null || lag <= 0n) return '-'
  if (consumed < produced) return style.stdout.red('growing')
  return style.stdout.yellow('standing')
}

/** `2 h 5 min`, in the two largest units. */
function duration(seconds: number): string {
  const whole = Math.ceil(seconds)
  const [days, hours, minutes] = [
    Math.floor(whole / 86_400),
    Math.floor(whole / 3600) % 24,
    Math.floor(whole / 60) % 60,
  ]
  if (days > 0) return `${days} d ${hours} h`
  if (hours > 0) return `${hours} h ${minutes} min`
  return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`
}
