import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { layOutJson } from '../../lib/json-text.ts'
import type { SubjectView, VersionView } from '../../lib/web/wire.ts'
import { apiUrl } from '../api.ts'
import { diff } from '../diff.ts'
import { visibleLines } from '../format.ts'
import { useData } from '../hooks.ts'
import { goWith, pathTo } from '../router.ts'
import { useSession } from '../session.ts'
import { Command, CopyButton, Trouble } from '../ui/pieces.tsx'
import { Register } from './register.tsx'

export interface SubjectPageProps {
  readonly subject: string
  readonly query: URLSearchParams
}

/** The versions of a subject: one of them, or what differs between two. */
export function SubjectPage({ subject, query }: SubjectPageProps): JSX.Element {
  const { registryWords } = useSession()
  const path = `/schemas/${encodeURIComponent(subject)}`
  const { data, error, reload } = useData<SubjectView>(apiUrl(path))
  const [isRegistering, setRegistering] = useState(false)
  const newest = data?.versions.at(-1)
  const version = query.get('version') ?? (newest === undefined ? null : String(newest))
  const shown = useVersion(path, version)
  const other = useVersion(path, query.get('with'))
  return (
    <>
      <div class="head">
        <div>
          <a class="crumb" href={pathTo(['schemas'])}>
            Schemas
          </a>
          <h1>{subject}</h1>
        </div>
        {data ? <span class="pill">{data.level}</span> : null}
        {shown.data ? <span class="quiet">{`${shown.data.type}, id ${shown.data.id}`}</span> : null}
        <div class="actions">
          {shown.data ? <CopyButton text={shown.data.text} label="Copy schema" /> : null}
          <button type="button" class="primary" data-new onClick={() => setRegistering(true)}>
            New version
          </button>
        </div>
      </div>
      <Trouble error={error ?? shown.error ?? other.error} />
      {data && version !== null ? (
        <Choice versions={data.versions} version={version} compared={query.get('with')} />
      ) : null}
      {shown.data ? <Text version={shown.data} before={other.data} /> : null}
      {shown.data && shown.data.references.length > 0 ? <References version={shown.data} /> : null}
      <Command words={wordsFor(subject, version, query.get('with'))} place={registryWords} />
      {isRegistering ? (
        <Register
          subject={subject}
          like={shown.data}
          onClose={() => setRegistering(false)}
          onDone={() => {
            setRegistering(false)
            goWith({ version: null, with: version })
            reload()
          }}
        />
      ) : null}
    </>
  )
}

const wordsFor = (subject: string, version: string | null, before: string | null): string[] =>
  before === null
    ? ['schemas', 'get', subject, ...(version === null ? [] : [`--schema-version=${version}`])]
    : ['schemas', 'diff', `${subject}:${before}`, version === null ? subject : `${subject}:${version}`]

/** A version never changes. */
const useVersion = (path: string, version: string | null) =>
  useData<VersionView>(version === null ? null : apiUrl(`${path}/versions/${version}`), { refreshMs: 2 ** 31 - 1 })

interface ChoiceProps {
  readonly versions: readonly number[]
  readonly version: string
  readonly compared: string | null
}

function Choice({ versions, version, compared }: ChoiceProps): JSX.Element {
  const newestFirst = [...versions].reverse().map(String)
  return (
    <div class="bar">
      <select aria-label="Version" value={version} onChange={(event) => goWith({ version: event.currentTarget.value })}>
        {newestFirst.map((name) => (
          <option key={name} value={name}>{`Version ${name}`}</option>
        ))}
      </select>
      <select
        aria-label="Compare with"
        value={compared ?? ''}
        onChange={(event) => goWith({ with: event.currentTarget.value })}
      >
        <option value="">Compare with…</option>
        {newestFirst
          .filter((name) => name !== version)
          .map((name) => (
            <option key={name} value={name}>{`Version ${name}`}</option>
          ))}
      </select>
    </div>
  )
}

const CLASSES = { '+': 'added', '-': 'removed', ' ': undefined }

interface TextProps {
  readonly version: VersionView
  readonly before: VersionView | undefined
}

/** A schema as it is, or what has become of another one in it. */
const Text = ({ version, before }: TextProps): JSX.Element => (
  <pre class="card text" tabIndex={0} aria-label="Schema">
    {before
      ? diff(linesOf(before), linesOf(version)).map(({ sign, text }, index) => (
          <span key={index} class={CLASSES[sign]}>{`${sign} ${visibleLines(text)}`}</span>
        ))
      : linesOf(version).map((text, index) => <span key={index}>{visibleLines(text)}</span>)}
  </pre>
)

const linesOf = ({ type, text }: VersionView): string[] =>
  (type === 'PROTOBUF' ? text : (layOutJson(text, true) ?? text)).split('\n')

const References = ({ version: { references } }: { readonly version: VersionView }): JSX.Element => (
  <p>
    {'It refers to '}
    {references.map(({ name, subject, version }, index) => (
      <span key={name}>
        {index === 0 ? '' : ', '}
        <a href={pathTo(['schemas', subject], { version: String(version) })}>{name}</a>
      </span>
    ))}
  </p>
)
