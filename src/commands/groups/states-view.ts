import { formatAddress, type Address } from '../../lib/address.ts'
import type { DescribedGroup } from '../../lib/client/admin/describe-groups.ts'
import type { Context } from '../../lib/command/define.ts'
import { style } from '../../lib/output/style.ts'
import { fixedLines, tableOf, type Column } from '../../lib/output/rows.ts'

/** A group that could be described. */
export type KnownGroup = DescribedGroup & { readonly description: NonNullable<DescribedGroup['description']> }

export const isKnown = (group: DescribedGroup): group is KnownGroup => group.description !== null

/** The JSON of --describe --state. */
export function statesData(groups: readonly DescribedGroup[]): unknown {
  return groups.map(({ groupId, description, coordinator, error }) => {
    if (!description) return { group: groupId, error }
    const { type, state, assignor, groupEpoch, assignmentEpoch, members } = description
    return {
      group: groupId,
      type,
      state,
      assignor: assignor || null,
      groupEpoch,
      assignmentEpoch,
      members: members.length,
      coordinator,
    }
  })
}

/** A table of Apache's for each group. */
export function statesText(groups: readonly KnownGroup[], verbose: boolean, name: Context['style']): string {
  // Apache's tool writes the host as it is, and two blanks.
  const addressOf = ({ host, port }: Address): string =>
    name === 'drop-in' ? `${host}:${port}` : formatAddress({ host, port })
  const columns: Column<KnownGroup>[] = [
    { title: 'GROUP', value: ({ groupId }) => groupId, width: 15, grows: true },
    {
      title: 'COORDINATOR (ID)',
      value: ({ coordinator }) => (coordinator ? `${addressOf(coordinator)}  (${coordinator.nodeId})` : '-'),
      width: 25,
      grows: true,
    },
    { title: 'ASSIGNMENT-STRATEGY', value: ({ description }) => description.assignor || '-', width: 20 },
    { title: 'STATE', value: ({ description }) => description.state, width: 20 },
    ...(verbose ? EPOCHS : []),
    { title: '#MEMBERS', value: ({ description }) => description.members.length },
  ]
  return groups.map((group) => `\n${fixedLines([group], columns).join('\n')}\n`).join('')
}

const EPOCHS: readonly Column<KnownGroup>[] = [
  { title: 'GROUP-EPOCH', value: ({ description }) => description.groupEpoch ?? '-', width: 15 },
  { title: 'TARGET-ASSIGNMENT-EPOCH', value: ({ description }) => description.assignmentEpoch ?? '-', width: 25 },
]

export function statesTable(groups: readonly KnownGroup[]): string {
  return summaryTable(groups.map((described) => ({ described })))
}

interface Summary {
  readonly described: DescribedGroup
  readonly lag?: bigint | null
}

type KnownSummary = Summary & { readonly described: KnownGroup }

const COLUMNS: readonly Column<KnownSummary>[] = [
  { title: 'GROUP', value: ({ described }) => described.groupId },
  { title: 'MEMBERS', value: ({ described }) => described.description.members.length, isNumber: true },
  { title: 'LAG', value: ({ lag }) => (lag === undefined ? '' : lagCell(lag)), isNumber: true, isOptional: true },
  { title: 'STATE', value: ({ described }) => described.description.state },
  { title: 'TYPE', value: ({ described }) => described.description.type },
  { title: 'ASSIGNOR', value: ({ described }) => described.description.assignor, isOptional: true },
  { title: 'EPOCH', value: ({ described }) => described.description.groupEpoch ?? '', isOptional: true },
  {
    title: 'COORDINATOR',
    value: ({ described: { coordinator } }) =>
      coordinator ? `${formatAddress(coordinator)} (${coordinator.nodeId})` : '',
  },
]

/** Coloured: green for nothing left to read, yellow for something; unknown is not 0. */
export function lagCell(lag: bigint | null): string {
  if (lag === null) return '-'
  return lag > 0n ? style.stdout.yellow(`${lag}`) : style.stdout.green(`${lag}`)
}

/** One line for each group that could be described. */
export const summaryTable = (groups: readonly Summary[]): string =>
  tableOf(
    groups.filter((group): group is KnownSummary => isKnown(group.described)),
    COLUMNS,
    { none: '', goes: ['EPOCH', 'COORDINATOR', 'ASSIGNOR', 'TYPE'] },
  )
