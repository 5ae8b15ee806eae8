import type { JSX } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import { wordsOf, type Actions } from '../../lib/web/actions.ts'
import type { TopicCount, TopicLine } from '../../lib/web/wire.ts'
import { act, apiUrl } from '../api.ts'
import { bytes, count, grouped } from '../format.ts'
import { useCounts, useData } from '../hooks.ts'
import { go, goWith, pathTo } from '../router.ts'
import { ActionForm, Command, Empty, Field, Listed, ListFilter, tell, Trouble } from '../ui/pieces.tsx'
import { Table, type Column } from '../ui/table.tsx'

const SHOWS: Readonly<Record<string, (topic: TopicLine) => boolean>> = {
  'under-replicated': ({ underReplicated }) => underReplicated > 0,
  offline: ({ offline }) => offline > 0,
}

/** Sizes are asked for the lines in view, this often. */
const COUNTS_MS = 3000

export function TopicsPage({ query }: { readonly query: URLSearchParams }): JSX.Element {
  const { data, error, reload } = useData<TopicLine[]>(apiUrl('/topics'))
  const { counts, look } = useCounts<TopicCount>(
    (names) => apiUrl('/topic-counts', { topic: names }),
    ({ topic }) => topic,
    COUNTS_MS,
  )
  const [isCreating, setCreating] = useState(false)
  const [filter, show, hasInternal] = [query.get('q') ?? '', query.get('show') ?? '', query.has('internal')]
  const rows = useMemo(
    () =>
      (data ?? []).filter(
        (topic) =>
          (hasInternal || !topic.isInternal) &&
          topic.topic.toLowerCase().includes(filter.toLowerCase()) &&
          (SHOWS[show]?.(topic) ?? true),
      ),
    [data, filter, show, hasInternal],
  )
  return (
    <>
      <div class="head">
        <h1>Topics</h1>
        {data ? <Listed shown={rows.length} all={data.length} /> : null}
        <div class="actions">
          <button type="button" class="primary" data-new onClick={() => setCreating(true)}>
            New topic
          </button>
        </div>
      </div>
      <div class="bar">
        <ListFilter what="by name" value={filter} />
        <select
          aria-label="Which topics"
          value={show}
          onChange={(event) => goWith({ show: event.currentTarget.value })}
        >
          <option value="">All states</option>
          <option value="under-replicated">Under-replicated</option>
          <option value="offline">Without a leader</option>
        </select>
        <button
          type="button"
          aria-pressed={hasInternal}
          onClick={() => goWith({ internal: hasInternal ? null : 'yes' })}
        >
          Internal topics
        </button>
      </div>
      <Trouble error={error} />
      {data && rows.length === 0 ? (
        <Empty>
          {data.length === 0 ? 'There are no topics yet. Create the first one.' : 'No topic fits the filter.'}
        </Empty>
      ) : null}
      {rows.length > 0 ? (
        <Table
          label="Topics"
          columns={columnsWith(counts)}
          rows={rows}
          keyOf={({ topic }) => topic}
          onView={(shown) => look(shown.map(({ topic }) => topic))}
        />
      ) : null}
      <Command words={['topics', 'list']} />
      {isCreating ? (
        <NewTopic
          onClose={() => setCreating(false)}
          onDone={(topic) => {
            tell(`Topic ${topic} is there.`)
            reload()
            go(pathTo(['topics', topic]))
          }}
        />
      ) : null}
    </>
  )
}

const columnsWith = (counts: ReadonlyMap<string, TopicCount>): readonly Column<TopicLine>[] => [
  {
    title: 'Topic',
    by: ({ topic }) => topic,
    cell: ({ topic, isInternal, underReplicated, offline }) => (
      <>
        <a class="row-link" href={pathTo(['topics', topic])}>
          {topic}
        </a>{' '}
        {isInternal ? <span class="pill">internal</span> : null}{' '}
        {offline > 0 ? <span class="pill bad">{count(offline, 'partition')} without a leader</span> : null}{' '}
        {underReplicated > 0 ? <span class="pill warn">{grouped(underReplicated)} under-replicated</span> : null}
      </>
    ),
  },
  {
    title: 'Partitions',
    by: ({ partitions }) => partitions,
    isNumber: true,
    cell: ({ partitions }) => grouped(partitions),
  },
  {
    title: 'Replication',
    by: ({ replicationFactor }) => replicationFactor,
    isNumber: true,
    isWide: true,
    cell: ({ replicationFactor }) => replicationFactor,
  },
  { title: 'Records', isNumber: true, cell: ({ topic }) => grouped(counts.get(topic)?.records) },
  { title: 'Size', isNumber: true, isWide: true, cell: ({ topic }) => bytes(counts.get(topic)?.bytes ?? null) },
]

/** What people set most, with Kafka's defaults. */
const SETTINGS: readonly (readonly [name: string, byDefault: string])[] = [
  ['retention.ms', '604800000 (7 days)'],
  ['retention.bytes', '-1 (no limit)'],
  ['cleanup.policy', 'delete'],
  ['segment.bytes', '1073741824 (1 GiB)'],
  ['segment.ms', '604800000 (7 days)'],
  ['min.insync.replicas', '1'],
  ['max.message.bytes', '1048588'],
  ['compression.type', 'producer'],
  ['message.timestamp.type', 'CreateTime'],
  ['min.compaction.lag.ms', '0'],
]

interface NewTopicProps {
  readonly onClose: () => void
  readonly onDone: (topic: string) => void
}

function NewTopic({ onClose, onDone }: NewTopicProps): JSX.Element {
  const [topic, setTopic] = useState('')
  const [partitions, setPartitions] = useState('1')
  const [replication, setReplication] = useState('')
  const [settings, setSettings] = useState<Readonly<Record<string, string>>>({})
  const configs = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== ''))
  const fields: Actions['topic create'] = {
    topic,
    ...(partitions !== '' && { partitions: Number(partitions) }),
    ...(replication !== '' && { replicationFactor: Number(replication) }),
    configs,
  }
  return (
    <ActionForm
      title="New topic"
      submit="Create"
      words={wordsOf('topic create', { ...fields, topic: topic || 'NAME' })}
      isReady={topic !== ''}
      run={() => act('topic create', fields)}
      onDone={() => onDone(topic)}
      onClose={onClose}
    >
      <Field label="Name">
        <input value={topic} autofocus autocomplete="off" onInput={(event) => setTopic(event.currentTarget.value)} />
      </Field>
      <div class="fields">
        <Field label="Partitions">
          <input
            type="number"
            min="1"
            value={partitions}
            onInput={(event) => setPartitions(event.currentTarget.value)}
          />
        </Field>
        <Field label="Replication factor">
          <input
            type="number"
            min="1"
            placeholder="the broker's default"
            value={replication}
            onInput={(event) => setReplication(event.currentTarget.value)}
          />
        </Field>
      </div>
      <details>
        <summary>Settings</summary>
        <div class="fields">
          {SETTINGS.map(([name, byDefault]) => (
            <Field key={name} label={name}>
              <input
                placeholder={byDefault}
                value={settings[name] ?? ''}
                onInput={(event) => {
                  const { value } = event.currentTarget
                  setSettings((before) => ({ ...before, [name]: value }))
                }}
              />
            </Field>
          ))}
        </div>
      </details>
    </ActionForm>
  )
}
