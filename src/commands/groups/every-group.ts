import { listGroups, type GroupListing } from '../../lib/client/admin/list-groups.ts'
import { defineOptions, type Result } from '../../lib/command/define.ts'
import { defineCommand } from '../../lib/work/command.ts'
import { connectionOptions } from '../../lib/config/connection.ts'
import { UserError } from '../../lib/errors.ts'
import { renderTable } from '../../lib/output/table.ts'
import { setCells, widthOf } from '../../lib/output/fixed-columns.ts'
import { checkKinds, isOfKind, kindOptions } from './kinds.ts'

const options = defineOptions([
  { name: 'list', argument: 'none', section: 'Which groups', about: 'List the groups.', only: 'drop-in' },
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

function show(groups: readonly GroupListing[]): Result {
  const rows = groups.map(({ groupId, type, protocol }) => [groupId, type ?? '', protocol])
  return {
    data: groups.map(({ groupId, ...rest }) => ({ group: groupId, ...rest })),
    text: () => asText(rows),
    table: () => renderTable(['GROUP', 'TYPE', 'PROTOCOL'], rows),
  }
}

/** All columns are as wide as the longest of all cells; rows end in a blank, the head does not. */
function asText(rows: readonly (readonly string[])[]): string {
  const width = widthOf(rows.flat(), 20)
  const line = (cells: readonly string[]): string =>
    setCells(
      cells,
      cells.map(() => width),
    )
  return `${line(['GROUP', 'TYPE', 'PROTOCOL'])}\n${rows.map((row) => `${line(row)} \n`).join('')}`
}
