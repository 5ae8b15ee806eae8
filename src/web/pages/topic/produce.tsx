import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { wordsOf } from '../../../lib/web/actions.ts'
import type { RecordView } from '../../../lib/web/wire.ts'
import { act } from '../../api.ts'
import { useSession } from '../../session.ts'
import { ActionForm, Field, tell } from '../../ui/pieces.tsx'
import { asWritten, documentOf, isFit, isWhole, schemaOf, type Part } from './document.ts'

export interface ProduceProps {
  readonly topic: string
  /** The record that the new one begins as. */
  readonly again: RecordView | undefined
  readonly onClose: () => void
}

/** A value each line, or one of several lines; with a key and headers for all of them. */
export function Produce({ topic, again, onClose }: ProduceProps): JSX.Element {
  const [key, setKey] = useState(again ? asWritten(again.key) : '')
  const [hasKey, setHasKey] = useState(again !== undefined && again.key !== null)
  const [value, setValue] = useState(again ? asWritten(again.value) : '')
  const [isNull, setNull] = useState(again !== undefined && again.value === null)
  const [isPerLine, setPerLine] = useState(false)
  const [partition, setPartition] = useState('')
  const [headers, setHeaders] = useState(
    again?.headers.map((header) => `${header.key}=${header.value?.text ?? ''}`).join('\n') ?? '',
  )
  const { schemaRegistry } = useSession()
  const [keySchema, valueSchema] = again ? [schemaOf(again.key), schemaOf(again.value)] : []
  const typedKey: Part | null = hasKey ? { text: key, schema: keySchema } : null
  const texts = isPerLine ? value.split('\n').filter((line) => line !== '') : [value]
  const values: (Part | null)[] = isNull ? [null] : texts.map((text) => ({ text, schema: valueSchema }))
  const parts = [typedKey, ...values]
  const lines = values
    .map((item) => `${documentOf({ key: typedKey, value: item, headers: readHeaders(headers), partition })}\n`)
    .join('')
  const fields = { topic, lines }
  const place =
    schemaRegistry !== null && parts.some((part) => part?.schema) ? ['--schema-registry', schemaRegistry] : []
  const cannot = again && [again.key, again.value].some((content) => !isWhole(content))
  return (
    <ActionForm
      title={again ? 'Produce again' : `New record in ${topic}`}
      submit={values.length > 1 ? `Write ${values.length} records` : 'Write'}
      words={[...wordsOf('produce', fields), ...place]}
      isReady={values.length > 0 && parts.every((part) => part === null || isFit(part))}
      run={() => act('produce', fields)}
      onDone={() => {
        tell(values.length === 1 ? 'The record is written.' : `${values.length} records are written.`)
        onClose()
      }}
      onClose={onClose}
    >
      {cannot ? <p class="note warn">A part of this record is long, or no text, and is not filled in here.</p> : null}
      {[keySchema, valueSchema].map((schema, index) =>
        schema ? (
          <p class="quiet" key={index}>
            The {index === 0 ? 'key' : 'value'} is JSON, written by schema {schema.id}.
          </p>
        ) : null,
      )}
      <div class="bar">
        <label>
          <input type="checkbox" checked={hasKey} onChange={(event) => setHasKey(event.currentTarget.checked)} /> With a
          key
        </label>
        <label>
          <input type="checkbox" checked={isNull} onChange={(event) => setNull(event.currentTarget.checked)} /> Null
          value (tombstone)
        </label>
        <label>
          <input type="checkbox" checked={isPerLine} onChange={(event) => setPerLine(event.currentTarget.checked)} /> A
          record each line
        </label>
      </div>
      {hasKey ? (
        <Field label="Key">
          <input class="mono" value={key} onInput={(event) => setKey(event.currentTarget.value)} />
        </Field>
      ) : null}
      {isNull ? null : (
        <Field label={isPerLine ? 'Values' : 'Value'}>
          <textarea
            rows={8}
            autofocus
            value={value}
            onInput={(event) => setValue(event.currentTarget.value)}
            spellcheck={false}
          />
        </Field>
      )}
      <div class="fields">
        <Field label="Headers, NAME=VALUE a line">
          <textarea rows={2} value={headers} onInput={(event) => setHeaders(event.currentTarget.value)} />
        </Field>
        <Field label="Partition">
          <input
            type="number"
            min="0"
            placeholder="by key"
            value={partition}
            onInput={(event) => setPartition(event.currentTarget.value)}
          />
        </Field>
      </div>
    </ActionForm>
  )
}

const readHeaders = (text: string): { readonly key: string; readonly value: string }[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const at = line.includes('=') ? line.indexOf('=') : line.length
      return { key: line.slice(0, at), value: line.slice(at + 1) }
    })
