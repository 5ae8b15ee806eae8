import type { DescribedGroup } from '../../lib/client/admin/describe-groups.ts'
import type { GroupMember } from '../../lib/client/admin/group-descriptions.ts'
import { groupByTopic, type TopicPartition } from '../../lib/client/topic-partition.ts'
import { fixedLines, tableOf, type Column } from '../../lib/output/rows.ts'
import type { KnownGroup } from './states-view.ts'

/** The JSON of --describe --members. */
export function membersData(groups: readonly DescribedGroup[]): unknown {
  return groups.map(({ groupId, description, error }) =>
    description
      ? { group: groupId, type: description.type, state: description.state, members: description.members }
      : { group: groupId, error },
  )
}

interface Member extends GroupMember {
  readonly group: KnownGroup
}

const membersOf = (group: KnownGroup): Member[] => group.description.members.map((member) => ({ ...member, group }))

const INSTANCE: Column<Member> = {
  title: 'INSTANCE',
  apacheTitle: 'GROUP-INSTANCE-ID',
  value: ({ groupInstanceId }) => groupInstanceId ?? '',
  width: 17,
  grows: true,
}

const PLAIN: readonly Column<Member>[] = [
  { title: 'GROUP', value: ({ group }) => group.groupId, width: 15, grows: true },
  { title: 'MEMBER', apacheTitle: 'CONSUMER-ID', value: ({ memberId }) => memberId, width: 15, grows: true },
  INSTANCE,
  { title: 'CLIENT', value: ({ clientId }) => clientId, only: 'kts' },
  {
    title: 'HOST',
    value: ({ host }) => host.replace(/^\//, ''),
    apacheValue: ({ host }) => host,
    width: 15,
    grows: true,
  },
  { title: 'CLIENT-ID', value: ({ clientId }) => clientId, width: 15, grows: true, only: 'drop-in' },
  {
    title: 'PARTITIONS',
    apacheTitle: '#PARTITIONS',
    value: ({ assignment }) => assignment.length,
    width: 15,
    isNumber: true,
  },
]

const VERBOSE: readonly Column<Member>[] = [
  {
    title: 'EPOCH',
    apacheTitle: 'CURRENT-EPOCH',
    value: ({ epoch }) => epoch ?? '',
    apacheValue: ({ epoch }) => epoch ?? '-',
    width: 15,
  },
  {
    title: 'ASSIGNED',
    apacheTitle: 'CURRENT-ASSIGNMENT',
    value: ({ assignment }) => listPartitions(assignment),
    width: 20,
    grows: true,
  },
  {
    title: 'TARGET-EPOCH',
    value: ({ targetAssignment, group }) => (targetAssignment && group.description.assignmentEpoch) ?? '-',
    width: 15,
    only: 'drop-in',
  },
  {
    title: 'TARGET',
    apacheTitle: 'TARGET-ASSIGNMENT',
    value: ({ targetAssignment }) => (targetAssignment ? listPartitions(targetAssignment) : ''),
    apacheValue: ({ targetAssignment }) => listPartitions(targetAssignment ?? []),
    width: 20,
    grows: true,
  },
]

const UPGRADED: Column<Member> = { title: 'UPGRADED', value: ({ isUpgraded }) => `${isUpgraded ?? '-'}` }

/** A table of Apache's for each group, with a head also where there are no members. */
export function membersText(groups: readonly KnownGroup[], verbose: boolean): string {
  return groups
    .map((group) => {
      const members = membersOf(group)
      const hasInstances = members.some(({ groupInstanceId }) => groupInstanceId)
      // While members change from one protocol to the other it is told who has.
      const isMixed =
        members.some(({ isUpgraded }) => isUpgraded === true) && members.some(({ isUpgraded }) => isUpgraded === false)
      const lines = fixedLines(members, [
        ...PLAIN.filter((column) => hasInstances || column !== INSTANCE),
        ...(verbose ? VERBOSE : []),
        ...(verbose && isMixed ? [UPGRADED] : []),
      ])
      return `\n${lines.map((line) => `${line}${verbose ? '' : ' '}\n`).join('')}`
    })
    .join('')
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
  return tableOf(groups.flatMap(membersOf), [...PLAIN, ...(verbose ? VERBOSE : [])], {
    none: groups.map(({ groupId }) => `Group ${groupId} has no members.`).join('\n'),
    shorten: ['MEMBER'],
    goes: ['HOST', 'TARGET', 'EPOCH', 'CLIENT'],
  })
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
