import type { JSX } from 'preact'
import type { GroupCount } from '../../../lib/web/wire.ts'
import { apiUrl } from '../../api.ts'
import { grouped } from '../../format.ts'
import { useData } from '../../hooks.ts'
import { pathTo } from '../../router.ts'
import { Command, Empty, Trouble } from '../../ui/pieces.tsx'
import { Table, type Column } from '../../ui/table.tsx'

const COLUMNS: readonly Column<GroupCount>[] = [
  {
    title: 'Group',
    by: ({ group }) => group,
    cell: ({ group }) => (
      <a class="row-link" href={pathTo(['groups', group])}>
        {group}
      </a>
    ),
  },
  { title: 'Members', isNumber: true, by: ({ members }) => members ?? -1, cell: ({ members }) => members ?? '–' },
  { title: 'Lag', isNumber: true, by: ({ lag }) => BigInt(lag ?? -1), cell: ({ lag }) => grouped(lag) },
]

/** The groups that read a topic. */
export function Readers({ topic }: { readonly topic: string }): JSX.Element {
  const { data, error } = useData<GroupCount[]>(apiUrl(`/topics/${encodeURIComponent(topic)}/readers`))
  return (
    <>
      <Trouble error={error} />
      {data?.length === 0 ? <Empty>No group has committed anything for this topic, or reads it now.</Empty> : null}
      {data && data.length > 0 ? (
        <Table label="Readers" columns={COLUMNS} rows={data} keyOf={({ group }) => group} />
      ) : null}
      <Command words={['groups', 'describe', '--all-groups']} />
    </>
  )
}
