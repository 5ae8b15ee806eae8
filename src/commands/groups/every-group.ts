import { GROUP_TYPES, listGroups, type GroupListing } from '../../lib/client/admin/list-groups.ts'
import { Hindrances } from '../../lib/client/hindrances.ts'
import { withClient } from '../../lib/client/with-client.ts'
import { defineCommand, defineOptions, type Result, type Values } from '../../lib/command/define.ts'
import { clientId } from '../../lib/command/package.ts'
import { forbidTogether } from '../../lib/command/rules.ts'
import { connectionOptions, resolveConnection } from '../../lib/config/connection.ts'
import { UserError } from '../../lib/errors.ts'
import { renderTable } from '../../lib/output/table.ts'
import { Voice } from '../../lib/output/voice.ts'
import { setCells, widthOf } from './columns.ts'

const section = 'Which groups'

const options = defineOptions([
  { name: 'list', argument: 'none', section, about: 'List the groups.', only: 'drop-in' },
  {
    name: 'group-type',
    argument: 'required',
    value: 'TYPE',
    values: GROUP_TYPES,
    ignoresCase: true,
    section,
    about: 'Only groups of this type.',
  },
  {
    name: 'protocol',
    argument: 'required',
    value: 'PROTOCOL',
    completes: ['consumer', 'connect', 'share', 'streams'],
    section,
    about: 'Only groups whose members speak this: consumer, connect, share, …',
  },
  {
    name: 'consumer',
    argument: 'none',
    section,
    about: 'Only groups of consumers, of the classic protocol or the new one, and those that have only offsets.',
  },
  { name: 'share', argument: 'none', section, about: 'Only share groups.' },
  { name: 'streams', argument: 'none', section, about: 'Only groups of the streams protocol.' },
  ...connectionOptions,
])

type EveryGroupValues = Values<typeof options>

/** kafka-groups, which lists groups of every type, as `kts groups --list` does, with other filters. */
export const everyGroup = defineCommand({
  name: 'groups list',
  dropIns: ['kafka-groups'],
  about: 'List the groups of every type.',
  examples: [{ command: 'kts groups list --share', about: 'List the share groups.' }],
  options,
  check(values, { style }) {
    if (style === 'drop-in' && !values.list) throw new UserError('say what to do: --list')
    for (const kind of ['consumer', 'share', 'streams'] as const) {
      for (const other of ['groupType', 'protocol', 'consumer', 'share', 'streams'] as const) {
        if (other !== kind) forbidTogether(values, [kind, other])
      }
    }
  },
  async run(values, context) {
    const settings = { ...(await resolveConnection(values, context)), clientId: clientId() }
    const { clock } = context
    const { say } = new Voice(context)
    const isWanted = filterOf(values)
    return withClient(settings, { clock, warn: say, hindrances: new Hindrances({ clock, say }) }, async (client) =>
      show((await listGroups(client, {}, { clock })).filter(isWanted)),
    )
  },
  dropInFailure: (error) => ({ stdout: `Error while executing groups command : ${error.message}\n`, exitCode: 1 }),
})

function filterOf(values: EveryGroupValues): (group: GroupListing) => boolean {
  const { groupType: wantedType, protocol: wantedProtocol, consumer, share, streams } = values
  return ({ type, protocol }) => {
    if (consumer) return protocol === 'consumer' || protocol === '' || type === 'Consumer'
    if (share || streams) return type === (share ? 'Share' : 'Streams')
    return (
      (wantedType === undefined || type === wantedType) && (wantedProtocol === undefined || protocol === wantedProtocol)
    )
  }
}

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
