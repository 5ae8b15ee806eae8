import type { DescribedGroup } from '../../lib/client/admin/describe-groups.ts'
import type { GroupMember } from '../../lib/client/admin/group-descriptions.ts'
import { groupByTopic, type TopicPartition } from '../../lib/client/topic-partition.ts'
import { renderTable } from '../../lib/output/table.ts'
import { setCells, widthOf } from '../../lib/output/fixed-columns.ts'
import type { KnownGroup } from './states-view.ts'

/** The JSON of --describe --members. */
export function membersData(groups: readonly DescribedGroup[]): unknown {
  return groups.map(({ groupId, description, error }) =>
    description
      ? { group: groupId, type: description.type, state: description.state, members: description.members }
      : { group: groupId, error },
  )
}

interface Column {
  readonly head: string
  /** Least width, 0 for as it comes. */
  readonly width: number
  readonly grows?: boolean
  cell(member: GroupMember, group: KnownGroup): string
}

const PLAIN: readonly Column[] = [
  { head: 'GROUP', width: 15, grows: true, cell: (_, { groupId }) => groupId },
  { head: 'CONSUMER-ID', width: 15, grows: true, cell: ({ memberId }) => memberId },
  { head: 'GROUP-INSTANCE-ID', width: 17, grows: true, cell: ({ groupInstanceId }) => groupInstanceId ?? '' },
  { head: 'HOST', width: 15, grows: true, cell: ({ host }) => host },
  { head: 'CLIENT-ID', width: 15, grows: true, cell: ({ clientId }) => clientId },
  { head: '#PARTITIONS', width: 15, cell: ({ assignment }) => `${assignment.length}` },
]

const VERBOSE: readonly Column[] = [
  { head: 'CURRENT-EPOCH', width: 15, cell: ({ epoch }) => `${epoch ?? '-'}` },
  { head: 'CURRENT-ASSIGNMENT', width: 20, grows: true, cell: ({ assignment }) => listPartitions(assignment) },
  {
    head: 'TARGET-EPOCH',
    width: 15,
    cell: ({ targetAssignment }, { description }) => `${(targetAssignment && description.assignmentEpoch) ?? '-'}`,
  },
  {
    head: 'TARGET-ASSIGNMENT',
    width: 20,
    grows: true,
    cell: ({ targetAssignment }) => listPartitions(targetAssignment ?? []),
  },
]

const UPGRADED: Column = { head: 'UPGRADED', width: 0, cell: ({ isUpgraded }) => `${isUpgraded ?? '-'}` }

/** A table of Apache's for each group, with a head also where there are no members. */
export function membersText(groups: readonly KnownGroup[], verbose: boolean): string {
  return groups
    .map((group) => {
      const { members } = group.description
      const hasInstances = members.some(({ groupInstanceId }) => groupInstanceId)
      // While members change from one protocol to the other it is told who has.
      const isMixed =
        members.some(({ isUpgraded }) => isUpgraded === true) && members.some(({ isUpgraded }) => isUpgraded === false)
      const columns = [
        ...PLAIN.filter(({ head }) => hasInstances || head !== 'GROUP-INSTANCE-ID'),
        ...(verbose ? VERBOSE : []),
        ...(verbose && isMixed ? [UPGRADED] : []),
      ]
      const rows = members.map((member) => columns.map(({ cell }) => cell(member, group)))
      return `\n${asLines(columns, rows, verbose ? '' : ' ')}`
    })
    .join('')
}

/** Every cell is filled up, the last one too. */
function asLines(columns: readonly Column[], rows: readonly (readonly string[])[], end: string): string {
  const widths = columns.map(({ width, grows }, index) =>
    grows
      ? widthOf(
          rows.map((row) => row[index]!),
          width,
        )
      : width,
  )
  return [columns.map(({ head }) => head), ...rows].map((row) => `${setCells(row, widths)}${end}\n`).join('')
}

/** `clicks:0;retail:0,1`, or a dash. */
function listPartitions(partitions: readonly TopicPartition[]): string {
  if (partitions.length === 0) return '-'
  const numbers = (items: readonly TopicPartition[]): string =>
    items
      .map(({ partition }) => partition)
      .sort((a, b) => a - b)
      .join(',')
  return groupByTopic(partitions)
    .map(({ topic, items }) => `${topic}:${numbers(items)}`)
    .sort()
    .join(';')
}

export function membersTable(groups: readonly KnownGroup[], verbose: boolean): string {
  const rows = groups.flatMap(({ groupId, description: { members } }) =>
    members.map((member) => [
      groupId,
      member.memberId,
      member.groupInstanceId ?? '',
      member.clientId,
      member.host.replace(/^\//, ''),
      `${member.assignment.length}`,
      ...(verbose
        ? [
            `${member.epoch ?? ''}`,
            listPartitions(member.assignment),
            member.targetAssignment ? listPartitions(member.targetAssignment) : '',
          ]
        : []),
    ]),
  )
  if (rows.length === 0) return groups.map(({ groupId }) => `Group ${groupId} has no members.\n`).join('')
  const head = [
    'GROUP',
    'MEMBER',
    'INSTANCE',
    'CLIENT',
    'HOST',
    'PARTITIONS',
    ...(verbose ? ['EPOCH', 'ASSIGNED', 'TARGET'] : []),
  ]
  return renderTable(head, rows, { right: [5], shorten: ['MEMBER'], goes: ['HOST', 'TARGET', 'EPOCH', 'CLIENT'] })
}

const MOST_NAMED = 5

/** Who is in a group, for a sentence: `console-consumer-1f… (client app on 127.0.0.1), … and 3 more`. */
export function nameMembers(members: readonly GroupMember[]): string {
  const named = members
    .slice(0, MOST_NAMED)
    .map(
      ({ memberId, groupInstanceId, clientId, host }) =>
        `${groupInstanceId ?? memberId} (client ${clientId} on ${host.replace(/^\//, '')})`,
    )
  const more = members.length - named.length
  return named.join(', ') + (more > 0 ? ` and ${more} more` : '')
}
