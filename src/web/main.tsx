import { render, type JSX } from 'preact'
import { useEffect, useLayoutEffect, useState } from 'preact/hooks'
import type { SessionInfo } from '../lib/web/wire.ts'
import { type ApiError, apiUrl, base, get, post } from './api.ts'
import { Keys, useKeys } from './keys.tsx'
import { ClusterPage } from './pages/cluster.tsx'
import { GroupPage } from './pages/group.tsx'
import { GroupsPage } from './pages/groups.tsx'
import { SchemasPage } from './pages/schemas.tsx'
import { SubjectPage } from './pages/subject.tsx'
import { TopicPage } from './pages/topic.tsx'
import { TopicsPage } from './pages/topics.tsx'
import { followLinks, pathTo, usePlace, type Place } from './router.ts'
import { Session } from './session.ts'
import { Empty, Toasts, Trouble } from './ui/pieces.tsx'

/** The token of the link is given for a cookie, and goes out of the address. */
async function enter(): Promise<void> {
  const token = /^#token=([\w-]+)$/.exec(location.hash)?.[1]
  if (token === undefined) return
  history.replaceState(null, '', location.pathname + location.search)
  await post(`${base}/api/login`, { token })
}

function App(): JSX.Element {
  const place = usePlace()
  const profile = place.query.get('profile')
  const [session, setSession] = useState<SessionInfo>()
  const [error, setError] = useState<ApiError>()
  useLayoutEffect(() => {
    let timer: ReturnType<typeof setTimeout>
    const ask = (): void => {
      get<SessionInfo>(apiUrl('/session')).then(
        (data) => {
          setSession(data)
          setError(undefined)
        },
        (failure: ApiError) => {
          setError(failure)
          if (failure.status !== 401) timer = setTimeout(ask, 3000)
        },
      )
    }
    ask()
    return () => clearTimeout(timer)
  }, [profile])
  if (!session) return <Outside error={error} />
  return (
    <Session.Provider value={session}>
      <Frame place={place} session={session} />
    </Session.Provider>
  )
}

function Outside({ error }: { readonly error: ApiError | undefined }): JSX.Element {
  return (
    <main>
      <h1>kts</h1>
      {error ? <Trouble error={error} /> : <Empty>Asking the cluster…</Empty>}
    </main>
  )
}

const SECTIONS = [
  { word: '', title: 'Cluster' },
  { word: 'topics', title: 'Topics' },
  { word: 'groups', title: 'Groups' },
]
const SCHEMAS = { word: 'schemas', title: 'Schemas' }

function Frame({ place, session }: { readonly place: Place; readonly session: SessionInfo }): JSX.Element {
  const [section = ''] = place.words
  const { isHelpOpen, closeHelp } = useKeys()
  return (
    <>
      <header class="top">
        <a class="brand" href={pathTo([])}>
          kts
        </a>
        <nav aria-label="Sections">
          {(session.schemaRegistry === null ? SECTIONS : [...SECTIONS, SCHEMAS]).map(({ word, title }) => (
            <a
              key={word}
              href={pathTo(word === '' ? [] : [word])}
              {...(word === section && { 'aria-current': 'page' })}
            >
              {title}
            </a>
          ))}
        </nav>
        <div class="where">
          {session.isReadOnly ? <span class="pill">read-only</span> : null}
          {session.hidesValues ? <span class="pill">values hidden</span> : null}
          <ClusterChoice session={session} />
        </div>
      </header>
      <main>
        <View place={place} />
      </main>
      <Toasts />
      {isHelpOpen ? <Keys onClose={closeHelp} /> : null}
    </>
  )
}

/** Among profiles only: no address is typed here. */
function ClusterChoice({ session }: { readonly session: SessionInfo }): JSX.Element {
  const { profiles, profile, bootstrapServers } = session
  if (profiles.length === 0) return <span class="mono">{bootstrapServers}</span>
  const choose = (name: string): void => {
    const query = name === '' ? '' : `?profile=${encodeURIComponent(name)}`
    location.assign(`${base}/${query}`)
  }
  return (
    <>
      <select aria-label="Cluster" value={profile ?? ''} onChange={(event) => choose(event.currentTarget.value)}>
        {profile === null ? <option value="">{bootstrapServers}</option> : null}
        {profiles.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      <span class="mono wide">{bootstrapServers}</span>
    </>
  )
}

function View({ place: { words, query } }: { readonly place: Place }): JSX.Element {
  const [section, name, tab] = words
  useEffect(() => {
    document.title = [tab, name, section ?? 'cluster'].filter(Boolean).join(' · ') + ' – kts'
  }, [section, name, tab])
  if (section === undefined) return <ClusterPage />
  if (section === 'topics' && name === undefined) return <TopicsPage query={query} />
  if (section === 'topics') return <TopicPage key={name} topic={name!} tab={tab ?? 'records'} query={query} />
  if (section === 'groups' && name === undefined) return <GroupsPage query={query} />
  if (section === 'groups') return <GroupPage key={name} group={name!} />
  if (section === 'schemas' && name === undefined) return <SchemasPage query={query} />
  if (section === 'schemas') return <SubjectPage key={name} subject={name!} query={query} />
  return (
    <Empty>
      There is nothing at this address. <a href={pathTo([])}>Go to the cluster</a>
    </Empty>
  )
}

document.addEventListener('click', followLinks)
const root = document.getElementById('page')!
const start = (): void => {
  root.replaceChildren()
  render(<App />, root)
}
enter().then(start, start)
