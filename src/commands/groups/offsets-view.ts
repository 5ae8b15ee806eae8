import { renderTable } from '../../lib/output/table.ts'
import { setCells, widthOf } from '../../lib/output/fixed-columns.ts'
import { totalLag, type GroupLag, type PartitionLag } from '../../lib/overview/group-lag.ts'
import { lagCell, summaryTable } from './states-view.ts'

/** The JSON of --describe --offsets. */
export function offsetsData(groups: readonly GroupLag[]): unknown {
  return groups.map(({ groupId, described: { description, coordinator }, partitions, error }) =>
    error
      ? { group: groupId, error }
      : {
          group: groupId,
          type: description!.type,
          state: description!.state,
          members: description!.members.length,
          coordinator,
          lag: totalLag(partitions),
          partitions: partitions.map(({ member, ...rest }) => ({
            ...rest,
            memberId: member?.memberId ?? null,
            groupInstanceId: member?.groupInstanceId ?? null,
            host: member?.host ?? null,
            clientId: member?.clientId ?? null,
          })),
        },
  )
}

interface Column {
  readonly head: string
  /** Least width; a column that grows with its cells says so. */
  readonly width: number
  readonly grows?: boolean
  readonly onlyVerbose?: boolean
  cell(partition: PartitionLag, groupId: string): string
}

const orDash = (value: string | number | bigint | null | undefined): string =>
  value === null || value === undefined ? '-' : `${value}`

const COLUMNS: readonly Column[] = [
  { head: 'GROUP', width: 15, grows: true, cell: (_, groupId) => groupId },
  { head: 'TOPIC', width: 15, grows: true, cell: ({ topic }) => topic },
  { head: 'PARTITION', width: 10, cell: ({ partition }) => `${partition}` },
  { head: 'LEADER-EPOCH', width: 15, onlyVerbose: true, cell: ({ leaderEpoch }) => orDash(leaderEpoch) },
  { head: 'CURRENT-OFFSET', width: 15, cell: ({ currentOffset }) => orDash(currentOffset) },
  { head: 'LOG-END-OFFSET', width: 15, cell: ({ logEndOffset }) => orDash(logEndOffset) },
  { head: 'LAG', width: 15, cell: ({ lag }) => orDash(lag) },
  { head: 'CONSUMER-ID', width: 15, grows: true, cell: ({ member }) => orDash(member?.memberId) },
  { head: 'HOST', width: 15, grows: true, cell: ({ member }) => orDash(member?.host) },
  { head: 'CLIENT-ID', width: 0, cell: ({ member }) => orDash(member?.clientId) },
]

/** A table of Apache's for each group that has partitions. */
export function offsetsText(groups: readonly GroupLag[], verbose: boolean): string {
  const columns = COLUMNS.filter(({ onlyVerbose }) => verbose || !onlyVerbose)
  return groups
    .filter(({ partitions }) => partitions.length > 0)
    .map(({ groupId, partitions }) => {
      const rows = byMember(partitions).map((partition) => columns.map(({ cell }) => cell(partition, groupId)))
      const widths = columns.map(({ width, grows }, index) =>
        grows
          ? widthOf(
              rows.map((row) => row[index]!),
              width,
            )
          : width,
      )
      return [columns.map(({ head }) => head), ...rows].map((row) => `\n${setCells(row, widths)}`).join('') + '\n'
    })
    .join('')
}

/** As Apache's tool puts them: members with many partitions first, what nobody is assigned last. */
function byMember(partitions: readonly PartitionLag[]): PartitionLag[] {
  const rank = ({ member }: PartitionLag): number => member?.assignment.length ?? 0
  const name = ({ member }: PartitionLag): string => member?.memberId ?? ''
  return [...partitions].sort((a, b) => rank(b) - rank(a) || (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0))
}

/** A line for each group, and one for each of their partitions. */
export function offsetsTable(groups: readonly GroupLag[], verbose: boolean): string {
  const rows = groups.flatMap(({ groupId, partitions }) =>
    partitions.map(({ topic, partition, leaderEpoch, currentOffset, logEndOffset, lag, member }) => [
      groupId,
      topic,
      `${partition}`,
      orDash(currentOffset),
      orDash(logEndOffset),
      lagCell(lag),
      member?.memberId ?? '',
      member?.host.replace(/^\//, '') ?? '',
      member?.clientId ?? '',
      ...(verbose ? [orDash(leaderEpoch)] : []),
    ]),
  )
  const head = [
    'GROUP',
    'TOPIC',
    'PARTITION',
    'CURRENT',
    'END',
    'LAG',
    'MEMBER',
    'HOST',
    'CLIENT',
    ...(verbose ? ['EPOCH'] : []),
  ]
  const summary = summaryTable(groups.map(({ described, partitions }) => ({ described, lag: totalLag(partitions) })))
  return rows.length === 0
    ? summary
    : `${summary}\n${renderTable(head, rows, { right: [2, 3, 4, 5], shorten: ['MEMBER'], goes: ['EPOCH', 'HOST', 'CLIENT', 'MEMBER'] })}`
}
