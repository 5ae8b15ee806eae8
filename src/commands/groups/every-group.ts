import { listGroups, type GroupListing } from '../../lib/client/admin/list-groups.ts'
import { defineOptions, type Result } from '../../lib/command/define.ts'
import { defineCommand } from '../../lib/work/command.ts'
import { connectionOptions } from '../../lib/config/connection.ts'
import { UserError } from '../../lib/errors.ts'
import { apacheCells, fixedLines, tableOf, widest, type Column } from '../../lib/output/rows.ts'
import { checkKinds, isOfKind, kindOptions } from './kinds.ts'

const options = defineOptions([
  { name: 'list', section: 'Which groups', about: 'List the groups.', only: 'drop-in' },
  ...kindOptions,
  ...connectionOptions,
])

/** kafka-groups, which lists groups of every type, as `kts groups list` does. */
export const everyGroup = defineCommand({
  examples: [{ command: 'kts groups list --share', about: 'List the share groups.' }],
  options,
  check({ values, context: { style } }) {
    if (style === 'drop-in' && !values.list) throw new UserError('say what to do: --list')
    checkKinds(values)
  },
  run: async ({ client, values, context: { clock } }) =>
    show((await listGroups(client, {}, { clock })).filter(isOfKind(values))),
  dropInFailure: (error) => ({ stdout: `Error while executing groups command : ${error.message}\n`, exitCode: 1 }),
})

const COLUMNS: readonly Column<GroupListing>[] = [
  { title: 'GROUP', value: ({ groupId }) => groupId },
  { title: 'TYPE', value: ({ type }) => type ?? '' },
  { title: 'PROTOCOL', value: ({ protocol }) => protocol },
]

const show = (groups: readonly GroupListing[]): Result => ({
  data: groups.map(({ groupId, ...rest }) => ({ group: groupId, ...rest })),
  text: () => asText(groups),
  table: () => tableOf(groups, COLUMNS),
})

/** All columns are as wide as the longest of all cells; rows end in a blank, the head does not. */
function asText(groups: readonly GroupListing[]): string {
  const width = widest(apacheCells(groups, COLUMNS).flat(), 20)
  const [head, ...rows] = fixedLines(
    groups,
    COLUMNS.map((column) => ({ ...column, width })),
  )
  return `${head}\n${rows.map((row) => `${row} \n`).join('')}`
}
