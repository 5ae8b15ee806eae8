import { fixedLines, tableOf, type Column } from '../../lib/output/rows.ts'
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

interface Row extends PartitionLag {
  readonly groupId: string
}

const rowsOf = ({ groupId, partitions }: GroupLag): Row[] => partitions.map((partition) => ({ groupId, ...partition }))

const orDash = (value: string | number | bigint | null | undefined): string | number | bigint => value ?? '-'

const columnsOf = (verbose: boolean): readonly Column<Row>[] => [
  { title: 'GROUP', value: ({ groupId }) => groupId, width: 15, grows: true },
  { title: 'TOPIC', value: ({ topic }) => topic, width: 15, grows: true },
  { title: 'PARTITION', value: ({ partition }) => partition, width: 10, isNumber: true },
  ...epoch(verbose, { title: 'LEADER-EPOCH', width: 15, only: 'drop-in' }),
  {
    title: 'CURRENT',
    apacheTitle: 'CURRENT-OFFSET',
    value: ({ currentOffset }) => orDash(currentOffset),
    width: 15,
    isNumber: true,
  },
  {
    title: 'END',
    apacheTitle: 'LOG-END-OFFSET',
    value: ({ logEndOffset }) => orDash(logEndOffset),
    width: 15,
    isNumber: true,
  },
  { title: 'LAG', value: ({ lag }) => lagCell(lag), apacheValue: ({ lag }) => orDash(lag), width: 15, isNumber: true },
  {
    title: 'MEMBER',
    apacheTitle: 'CONSUMER-ID',
    value: ({ member }) => member?.memberId ?? '',
    apacheValue: ({ member }) => orDash(member?.memberId),
    width: 15,
    grows: true,
  },
  {
    title: 'HOST',
    value: ({ member }) => member?.host.replace(/^\//, '') ?? '',
    apacheValue: ({ member }) => orDash(member?.host),
    width: 15,
    grows: true,
  },
  {
    title: 'CLIENT',
    apacheTitle: 'CLIENT-ID',
    value: ({ member }) => member?.clientId ?? '',
    apacheValue: ({ member }) => orDash(member?.clientId),
  },
  ...epoch(verbose, { title: 'EPOCH', only: 'kts' }),
]

const epoch = (verbose: boolean, column: Omit<Column<Row>, 'value'>): Column<Row>[] =>
  verbose ? [{ ...column, value: ({ leaderEpoch }) => orDash(leaderEpoch) }] : []

/** A table of Apache's for each group that has partitions. */
export function offsetsText(groups: readonly GroupLag[], verbose: boolean): string {
  return groups
    .filter(({ partitions }) => partitions.length > 0)
    .map(
      (group) =>
        `${fixedLines(byMember(rowsOf(group)), columnsOf(verbose))
          .map((line) => `\n${line}`)
          .join('')}\n`,
    )
    .join('')
}

/** As Apache's tool puts them: members with many partitions first, what nobody is assigned last. */
function byMember<P extends PartitionLag>(partitions: readonly P[]): P[] {
  const rank = ({ member }: PartitionLag): number => member?.assignment.length ?? 0
  const name = ({ member }: PartitionLag): string => member?.memberId ?? ''
  return [...partitions].sort((a, b) => rank(b) - rank(a) || (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0))
}

/** A line for each group, and one for each of their partitions. */
export function offsetsTable(groups: readonly GroupLag[], verbose: boolean): string {
  const summary = summaryTable(groups.map(({ described, partitions }) => ({ described, lag: totalLag(partitions) })))
  const partitions = tableOf(groups.flatMap(rowsOf), columnsOf(verbose), {
    none: '',
    shorten: ['MEMBER'],
    goes: ['EPOCH', 'HOST', 'CLIENT', 'MEMBER'],
  })
  return partitions === '' ? summary : `${summary}\n${partitions}`
}
