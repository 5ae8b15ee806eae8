import type { JSX } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import type { GroupCount, GroupLine } from '../../lib/web/wire.ts'
import { apiUrl } from '../api.ts'
import { grouped } from '../format.ts'
import { useData } from '../hooks.ts'
import { goWith, pathTo } from '../router.ts'
import { Command, Empty, Trouble } from '../ui/pieces.tsx'
import { Table, type Column } from '../ui/table.tsx'

const COUNTS_MS = 2000

export function GroupsPage({ query }: { readonly query: URLSearchParams }): JSX.Element {
  const { data, error } = useData<GroupLine[]>(apiUrl('/groups'))
  const [inView, setInView] = useState<readonly string[]>([])
  const counts = useData<GroupCount[]>(inView.length === 0 ? null : apiUrl('/group-counts', { group: inView }), {
    refreshMs: COUNTS_MS,
  })
  const known = useMemo(() => new Map(counts.data?.map((item) => [item.group, item])), [counts.data])
  const filter = query.get('q') ?? ''
  const rows = useMemo(
    () => (data ?? []).filter(({ group }) => group.toLowerCase().includes(filter.toLowerCase())),
    [data, filter],
  )
  return (
    <>
      <div class="head">
        <h1>Groups</h1>
        {data ? <span class="quiet">{`${grouped(rows.length)} of ${grouped(data.length)}`}</span> : null}
      </div>
      <div class="bar">
        <input
          class="grow"
          type="search"
          data-filter
          aria-label="Filter by name"
          placeholder="Filter by name  ( / )"
          value={filter}
          onInput={(event) => goWith({ q: event.currentTarget.value })}
        />
      </div>
      <Trouble error={error} />
      {data && rows.length === 0 ? (
        <Empty>{data.length === 0 ? 'There are no groups yet: kts consume TOPIC --group NAME makes one.' : 'No group fits the filter.'}</Empty>
      ) : null}
      {rows.length > 0 ? (
        <Table
          label="Groups"
          columns={columnsWith(known)}
          rows={rows}
          keyOf={({ group }) => group}
          onView={(shown) => setInView(shown.map(({ group }) => group))}
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
