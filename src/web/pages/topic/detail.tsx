import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { layOutJson } from '../../../lib/json-text.ts'
import type { Content, RecordView } from '../../../lib/web/wire.ts'
import { apiUrl } from '../../api.ts'
import { bytes, grouped, time, visibleLines } from '../../format.ts'
import { useData } from '../../hooks.ts'
import { goWith } from '../../router.ts'
import { CopyButton, Trouble } from '../../ui/pieces.tsx'

const NEVER_MS = 2 ** 31 - 1

export interface DetailProps {
  readonly topic: string
  /** `PARTITION:OFFSET`. */
  readonly name: string
  readonly onAgain: (record: RecordView) => void
}

/** One record, as much of it as a person reads. */
export function Detail({ topic, name, onAgain }: DetailProps): JSX.Element {
  const [partition = '', offset = ''] = name.split(':')
  const path = `/topics/${encodeURIComponent(topic)}/partitions/${partition}/records/${offset}`
  const { data, error } = useData<RecordView>(apiUrl(path), { refreshMs: NEVER_MS })
  return (
    <aside class="card detail" aria-label="Record">
      <div class="head">
        <h2>{`Partition ${partition}, offset ${grouped(offset)}`}</h2>
        <div class="actions">
          {data ? (
            <button type="button" onClick={() => onAgain(data)}>
              Produce again
            </button>
          ) : null}
          <button type="button" class="plain" aria-label="Close" onClick={() => goWith({ record: null })}>
            ✕
          </button>
        </div>
      </div>
      <Trouble error={error} />
      {data ? (
        <>
          <p class="quiet mono">{`${time(data.timestamp)} · ${data.timestamp}`}</p>
          <Part title="Key" content={data.key} href={apiUrl(`${path}/key`)} />
          <Part title="Value" content={data.value} href={apiUrl(`${path}/value`)} />
          {data.headers.map(({ key, value }, index) => (
            <Part key={`${index} ${key}`} title={`Header ${key}`} content={value} />
          ))}
        </>
      ) : null}
    </aside>
  )
}

interface PartProps {
  readonly title: string
  readonly content: Content | null
  readonly href?: string
}

function Part({ title, content, href }: PartProps): JSX.Element {
  const [view, setView] = useState<'json' | 'text' | 'hex'>('json')
  const json = content?.text === undefined || content.isCut ? undefined : layOutJson(content.text, true)
  const shown = content === null ? 'null' : content.isHidden ? 'hidden' : textOf(content, view, json)
  const canChoose = content !== null && !content.isHidden && content.size > 0
  return (
    <section>
      <div class="bar">
        <strong>{title}</strong>
        <span class="quiet">
          {content === null ? 'none' : bytes(content.size)}
          {content?.isCut ? ', the first part is shown' : ''}
          {content?.schema === undefined ? '' : `, by schema ${content.schema}`}
          {content?.base64 === undefined || content.schema !== undefined ? '' : ', no UTF-8'}
        </span>
        {canChoose && json !== undefined ? (
          <button
            type="button"
            aria-pressed={view === 'text'}
            onClick={() => setView(view === 'text' ? 'json' : 'text')}
          >
            As written
          </button>
        ) : null}
        {canChoose ? (
          <button type="button" aria-pressed={view === 'hex'} onClick={() => setView(view === 'hex' ? 'json' : 'hex')}>
            Hex
          </button>
        ) : null}
        {canChoose && content.text !== undefined && !content.isCut ? <CopyButton text={content.text} /> : null}
        {canChoose && href !== undefined ? (
          <a class="button" href={href} download>
            Save
          </a>
        ) : null}
      </div>
      {content?.reason === undefined ? null : <p class="quiet">{`It is not decoded: ${content.reason}`}</p>}
      <pre tabIndex={0} aria-label={title}>
        {shown}
      </pre>
    </section>
  )
}

function textOf({ text, base64 }: Content, view: 'json' | 'text' | 'hex', json: string | undefined): string {
  if (view === 'hex' || text === undefined)
    return hex(base64 === undefined ? new TextEncoder().encode(text) : fromBase64(base64))
  return visibleLines(view === 'json' && json !== undefined ? json : text)
}

const fromBase64 = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))

const MOST_HEX_BYTES = 4096

/** Sixteen bytes a line, with what can be read of them. */
function hex(content: Uint8Array): string {
  const lines: string[] = []
  for (let at = 0; at < Math.min(content.length, MOST_HEX_BYTES); at += 16) {
    const row = [...content.subarray(at, at + 16)]
    const digits = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const signs = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('')
    lines.push(`${at.toString(16).padStart(6, '0')}  ${digits.padEnd(47)}  ${signs}`)
  }
  return lines.join('\n')
}
