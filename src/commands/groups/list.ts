import {
  findName,
  GROUP_STATES,
  GROUP_TYPES,
  type GroupFilter,
  type GroupListing,
} from '../../lib/client/admin/list-groups.ts'
import type { Context, Result } from '../../lib/command/define.ts'
import { UserError } from '../../lib/errors.ts'
import { fixedLines, tableOf, widest, type Column } from '../../lib/output/rows.ts'
import { visibleGroups } from './find-groups.ts'
import { isOfKind } from './kinds.ts'
import type { GroupsValues } from './options.ts'
import type { Work } from './work.ts'

/** What consumer groups can be, as kafka-consumer-groups has it. */
const CONSUMER_TYPES = ['Consumer', 'Classic'] as const
const CONSUMER_STATES = GROUP_STATES.filter((state) => state !== 'NotReady')

/** Which groups are wanted. Throws UserError for a state or type that there is none of. */
export function readFilter({ type, state }: GroupsValues, style: Context['style']): Required<GroupFilter> {
  return {
    types: readNames(type, style === 'kts' ? GROUP_TYPES : CONSUMER_TYPES, 'type'),
    states: readNames(state, style === 'kts' ? GROUP_STATES : CONSUMER_STATES, 'state'),
  }
}

/** The groups of the cluster. */
export async function list(work: Work): Promise<Result> {
  const { values, context } = work
  const groups = await visibleGroups(work, readFilter(values, context.style))
  return show(groups.filter(isOfKind(values)), values)
}

/** Names with commas between them; none for an option without a value. */
function readNames<N extends string>(text: string | true | undefined, known: readonly N[], what: string): N[] {
  if (text === undefined || text === true || text === '') return []
  return text.split(',').map((word) => {
    const name = findName(known, word)
    if (name === undefined)
      throw new UserError(`--${what} ${text}: "${word}" is no ${what} of a group; they are ${known.join(', ')}`)
    return name
  })
}

function show(groups: readonly GroupListing[], values: GroupsValues): Result {
  return {
    data: groups.map(({ groupId, ...rest }) => ({ group: groupId, ...rest })),
    text: () => asText(groups, values),
    table: () => tableOf(groups, [GROUP, TYPE, STATE, PROTOCOL]),
  }
}

const GROUP: Column<GroupListing> = { title: 'GROUP', value: ({ groupId }) => groupId }
const TYPE: Column<GroupListing> = {
  title: 'TYPE',
  value: ({ type }) => type ?? '',
  apacheValue: ({ type }) => type ?? 'Unknown',
  width: 20,
}
const STATE: Column<GroupListing> = {
  title: 'STATE',
  value: ({ state }) => state ?? '',
  apacheValue: ({ state }) => state ?? 'Unknown',
  width: 20,
}
const PROTOCOL: Column<GroupListing> = { title: 'PROTOCOL', value: ({ protocol }) => protocol }

/** Names alone, or a table of Apache's where types or states are asked for: always types before states. */
function asText(groups: readonly GroupListing[], { type, state }: GroupsValues): string {
  const names = groups.map(({ groupId }) => groupId)
  const asked = [...(type === undefined ? [] : [TYPE]), ...(state === undefined ? [] : [STATE])]
  const lines = asked.length === 0 ? names : fixedLines(groups, [{ ...GROUP, width: widest(names, 15) + 10 }, ...asked])
  return lines.map((line) => `${line}\n`).join('')
}
