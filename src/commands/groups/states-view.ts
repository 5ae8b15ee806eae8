import { formatAddress, type Address } from '../../lib/address.ts'
import type { DescribedGroup } from '../../lib/client/admin/describe-groups.ts'
import type { Context } from '../../lib/command/define.ts'
import { style } from '../../lib/output/style.ts'
import { renderTable } from '../../lib/output/table.ts'
import { setCells, widthOf } from '../../lib/output/fixed-columns.ts'

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

/** Apache's tool writes the host as it is. */
const addressIn = (name: Context['style'], { host, port }: Address): string =>
  name === 'drop-in' ? `${host}:${port}` : formatAddress({ host, port })

/** A table of Apache's for each group. */
export function statesText(groups: readonly KnownGroup[], verbose: boolean, name: Context['style']): string {
  return groups
    .map(({ groupId, description, coordinator }) => {
      const { assignor, state, groupEpoch, assignmentEpoch, members } = description
      // Two blanks, as Apache's tool has them.
      const node = coordinator ? `${addressIn(name, coordinator)}  (${coordinator.nodeId})` : '-'
      const widths = [widthOf([groupId]), widthOf([node], 25), 20, 20, ...(verbose ? [15, 25] : [])]
      const epochs = verbose ? [`${groupEpoch ?? '-'}`, `${assignmentEpoch ?? '-'}`] : []
      const head = [
        'GROUP',
        'COORDINATOR (ID)',
        'ASSIGNMENT-STRATEGY',
        'STATE',
        ...(verbose ? ['GROUP-EPOCH', 'TARGET-ASSIGNMENT-EPOCH'] : []),
        '#MEMBERS',
      ]
      const row = [groupId, node, assignor || '-', state, ...epochs, `${members.length}`]
      return `\n${setCells(head, widths)}\n${setCells(row, widths)}\n`
    })
    .join('')
}

export function statesTable(groups: readonly KnownGroup[]): string {
  return summaryTable(groups.map((described) => ({ described })))
}

interface Summary {
  readonly described: DescribedGroup
  readonly lag?: bigint | null
}

interface Column {
  readonly head: string
  cell(group: KnownGroup, lag: bigint | null | undefined): string
  /** Left out where it would be empty throughout. */
  readonly isOptional?: boolean
}

const COLUMNS: readonly Column[] = [
  { head: 'GROUP', cell: ({ groupId }) => groupId },
  { head: 'MEMBERS', cell: ({ description }) => `${description.members.length}` },
  { head: 'LAG', cell: (_, lag) => (lag === undefined ? '' : lagCell(lag)), isOptional: true },
  { head: 'STATE', cell: ({ description }) => description.state },
  { head: 'TYPE', cell: ({ description }) => description.type },
  { head: 'ASSIGNOR', cell: ({ description }) => description.assignor, isOptional: true },
  { head: 'EPOCH', cell: ({ description }) => `${description.groupEpoch ?? ''}`, isOptional: true },
  {
    head: 'COORDINATOR',
    cell: ({ coordinator }) => (coordinator ? `${formatAddress(coordinator)} (${coordinator.nodeId})` : ''),
  },
]

/** Coloured: green for nothing left to read, yellow for something; unknown is not 0. */
export function lagCell(lag: bigint | null): string {
  if (lag === null) return '-'
  return lag > 0n ? style.stdout.yellow(`${lag}`) : style.stdout.green(`${lag}`)
}

/** One line for each group that could be described. */
export function summaryTable(groups: readonly Summary[]): string {
  const known = groups.flatMap(({ described, lag }) =>
    described.description ? [{ group: described as KnownGroup, lag }] : [],
  )
  if (known.length === 0) return ''
  const columns = COLUMNS.filter(
    ({ isOptional, cell }) => !isOptional || known.some(({ group, lag }) => cell(group, lag) !== ''),
  )
  const right = columns.flatMap(({ head }, index) => (head === 'MEMBERS' || head === 'LAG' ? [index] : []))
  return renderTable(
    columns.map(({ head }) => head),
    known.map(({ group, lag }) => columns.map(({ cell }) => cell(group, lag))),
    { right, goes: ['EPOCH', 'COORDINATOR', 'ASSIGNOR', 'TYPE'] },
  )
}
