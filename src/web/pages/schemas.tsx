import type { JSX } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import type { SchemasView, SubjectLine } from '../../lib/web/wire.ts'
import { apiUrl } from '../api.ts'
import { grouped } from '../format.ts'
import { useCounts, useData } from '../hooks.ts'
import { go, pathTo } from '../router.ts'
import { useSession } from '../session.ts'
import { Command, Empty, Listed, ListFilter, Trouble } from '../ui/pieces.tsx'
import { Table, type Column } from '../ui/table.tsx'
import { Register } from './register.tsx'

const VERSIONS_MS = 10_000

export function SchemasPage({ query }: { readonly query: URLSearchParams }): JSX.Element {
  const { data, error } = useData<SchemasView>(apiUrl('/schemas'))
  const { registryWords } = useSession()
  const [isRegistering, setRegistering] = useState(false)
  const { counts, look } = useCounts<SubjectLine>(
    (names) => apiUrl('/schema-versions', { subject: names }),
    ({ subject }) => subject,
    VERSIONS_MS,
  )
  const filter = query.get('q') ?? ''
  const rows = useMemo(
    () => (data?.subjects ?? []).filter((subject) => subject.toLowerCase().includes(filter.toLowerCase())),
    [data, filter],
  )
  return (
    <>
      <div class="head">
        <h1>Schemas</h1>
        {data ? <Listed shown={rows.length} all={data.subjects.length} /> : null}
        {data ? <span class="pill">{data.level}</span> : null}
        <div class="actions">
          <button type="button" class="primary" data-new onClick={() => setRegistering(true)}>
            New schema
          </button>
        </div>
      </div>
      <div class="bar">
        <ListFilter what="by subject" value={filter} />
      </div>
      <Trouble error={error} />
      {data && rows.length === 0 ? (
        <Empty>{data.subjects.length === 0 ? 'There are no schemas yet.' : 'No subject fits the filter.'}</Empty>
      ) : null}
      {rows.length > 0 ? (
        <Table label="Subjects" columns={columnsWith(counts)} rows={rows} keyOf={(subject) => subject} onView={look} />
      ) : null}
      <Command words={['schemas', 'list']} place={registryWords} />
      {isRegistering ? (
        <Register
          subject={undefined}
          onClose={() => setRegistering(false)}
          onDone={(subject) => go(pathTo(['schemas', subject]))}
        />
      ) : null}
    </>
  )
}

const columnsWith = (newest: ReadonlyMap<string, SubjectLine>): readonly Column<string>[] => [
  {
    title: 'Subject',
    by: (subject) => subject,
    cell: (subject) => (
      <a class="row-link" href={pathTo(['schemas', subject])}>
        {subject}
      </a>
    ),
  },
  { title: 'Type', isWide: true, cell: (subject) => newest.get(subject)?.type ?? '–' },
  { title: 'Newest version', isNumber: true, cell: (subject) => grouped(newest.get(subject)?.version) },
  { title: 'Id', isNumber: true, cell: (subject) => grouped(newest.get(subject)?.id) },
]
