import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { wordsOf } from '../../lib/web/actions.ts'
import type { TopicView } from '../../lib/web/wire.ts'
import { act, apiUrl } from '../api.ts'
import { count, grouped } from '../format.ts'
import { useData } from '../hooks.ts'
import { go, pathTo } from '../router.ts'
import { ActionForm, tell, Trouble } from '../ui/pieces.tsx'
import { Partitions } from './topic/partitions.tsx'
import { Readers } from './topic/readers.tsx'
import { Records } from './topic/records.tsx'
import { Settings } from './topic/settings.tsx'

const TABS = ['records', 'partitions', 'settings', 'readers']

export interface TopicPageProps {
  readonly topic: string
  readonly tab: string
  readonly query: URLSearchParams
}

export function TopicPage({ topic, tab, query }: TopicPageProps): JSX.Element {
  const { data, error, reload } = useData<TopicView>(apiUrl(`/topics/${encodeURIComponent(topic)}`))
  const [isDeleting, setDeleting] = useState(false)
  return (
    <>
      <div class="head">
        <div>
          <a class="crumb" href={pathTo(['topics'])}>
            Topics
          </a>
          <h1>{topic}</h1>
        </div>
        {data ? <Summary topic={data} /> : null}
        <div class="actions">
          <button type="button" class="danger" onClick={() => setDeleting(true)}>
            Delete
          </button>
        </div>
      </div>
      <nav class="tabs" aria-label="Parts of the topic">
        {TABS.map((name) => (
          <a key={name} href={pathTo(['topics', topic, name])} {...(name === tab && { 'aria-current': 'page' })}>
            {name[0]!.toUpperCase() + name.slice(1)}
          </a>
        ))}
      </nav>
      <Trouble error={error} />
      {tab === 'records' && data ? <Records topic={data} query={query} /> : null}
      {tab === 'partitions' && data ? <Partitions topic={data} onChange={reload} /> : null}
      {tab === 'settings' ? <Settings topic={topic} /> : null}
      {tab === 'readers' ? <Readers topic={topic} /> : null}
      {isDeleting ? (
        <ActionForm
          title={`Delete ${topic}`}
          submit="Delete the topic and its records"
          isDanger
          words={wordsOf('topic delete', { topic })}
          run={(typed) => act('topic delete', { topic }, typed)}
          onDone={() => {
            tell(`Topic ${topic} is deleted.`)
            go(pathTo(['topics']))
          }}
          onClose={() => setDeleting(false)}
        >
          <p>All records of the topic go with it. This cannot be undone.</p>
        </ActionForm>
      ) : null}
    </>
  )
}

function Summary({ topic: { partitions, replicationFactor, isInternal } }: { readonly topic: TopicView }): JSX.Element {
  const lengths = partitions.map(({ startOffset, endOffset }) =>
    startOffset === null || endOffset === null ? null : BigInt(endOffset) - BigInt(startOffset),
  )
  const records = lengths.includes(null) ? null : String(lengths.reduce<bigint>((sum, length) => sum + length!, 0n))
  return (
    <p class="quiet">
      {`${count(partitions.length, 'partition')} · replication ${replicationFactor} · ${grouped(records)} records`}{' '}
      {isInternal ? <span class="pill">internal</span> : null}
    </p>
  )
}
