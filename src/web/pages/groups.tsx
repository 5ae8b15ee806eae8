import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import type { GroupCount, GroupLine } from '../../lib/web/wire.ts'
import { apiUrl } from '../api.ts'
import { grouped } from '../format.ts'
import { useCounts, useData } from '../hooks.ts'
import { pathTo } from '../router.ts'
import { Command, Empty, Listed, ListFilter, Trouble } from '../ui/pieces.tsx'
import { Table, type Column } from '../ui/table.tsx'

const COUNTS_MS = 2000

export function GroupsPage({ query }: { readonly query: URLSearchParams }): JSX.Element {
  const { data, error } = useData<GroupLine[]>(apiUrl('/groups'))
  const { counts, look } = useCounts<GroupCount>(
    (names) => apiUrl('/group-counts', { group: names }),
    ({ group }) => group,
    COUNTS_MS,
  )
  const filter = query.get('q') ?? ''
  const rows = useMemo(
    () => (data ?? []).filter(({ group }) => group.toLowerCase().includes(filter.toLowerCase())),
    [data, filter],
  )
  return (
    <>
      <div class="head">
        <h1>Groups</h1>
        {data ? <Listed shown={rows.length} all={data.length} /> : null}
      </div>
      <div class="bar">
        <ListFilter what="by name" value={filter} />
      </div>
      <Trouble error={error} />
      {data && rows.length === 0 ? (
        <Empty>
          {data.length === 0
            ? 'There are no groups yet: kts consume TOPIC --group NAME makes one.'
            : 'No group fits the filter.'}
        </Empty>
      ) : null}
      {rows.length > 0 ? (
        <Table
          label="Groups"
          columns={columnsWith(counts)}
          rows={rows}
          keyOf={({ group }) => group}
          onView={(shown) => look(shown.map(({ group }) => group))}
        />
      ) : null}
      <Command words={['groups', 'list']} />
    </>
  )
}

const columnsWith = (counts: ReadonlyMap<string, GroupCount>): readonly Column<GroupLine>[] => [
  {
    title: 'Group',
    by: ({ group }) => group,
    cell: ({ group }) => (
      <a class="row-link" href={pathTo(['groups', group])}>
        {group === '' ? '(empty name)' : group}
      </a>
    ),
  },
  { title: 'Kind', by: ({ type }) => type, isWide: true, cell: ({ type }) => type },
  {
    title: 'State',
    by: ({ state }) => state,
    cell: ({ state }) => <span class={state === 'Stable' ? 'pill good' : 'pill'}>{state}</span>,
  },
  { title: 'Members', isNumber: true, isWide: true, cell: ({ group }) => counts.get(group)?.members ?? '–' },
  { title: 'Lag', isNumber: true, cell: ({ group }) => grouped(counts.get(group)?.lag) },
]
