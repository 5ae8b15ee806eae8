import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { CheckOutcome, VersionView } from '../../lib/web/wire.ts'
import { apiUrl, type ApiError, post } from '../api.ts'
import { useSession } from '../session.ts'
import { Command, Dialog, Field, tell, Trouble } from '../ui/pieces.tsx'

/** Each with a file that one would have it in. */
const FILES: Readonly<Record<string, string>> = { AVRO: 'schema.avsc', PROTOBUF: 'schema.proto', JSON: 'schema.json' }

export interface RegisterProps {
  /** Undefined for one that is still to be named. */
  readonly subject: string | undefined
  /** What the new schema begins as. */
  readonly like?: VersionView | undefined
  readonly onClose: () => void
  readonly onDone: (subject: string) => void
}

/** Checks a schema against those that its subject has, and registers it. */
export function Register({ subject: fixed, like, onClose, onDone }: RegisterProps): JSX.Element {
  const { isReadOnly, registryWords } = useSession()
  const [subject, setSubject] = useState(fixed ?? '')
  const [type, setType] = useState(like?.type ?? 'AVRO')
  const [text, setText] = useState(like?.text ?? '')
  const [outcome, setOutcome] = useState<CheckOutcome>()
  const [error, setError] = useState<ApiError>()
  const schema = { type, text, references: like?.references ?? [] }
  const isReady = subject !== '' && text.trim() !== ''
  const tryTo = async (perform: () => Promise<void>): Promise<void> => {
    setError(undefined)
    setOutcome(undefined)
    await perform().catch(setError)
  }
  const path = `/schemas/${encodeURIComponent(subject)}`
  const check = () => tryTo(async () => setOutcome(await post<CheckOutcome>(apiUrl(`${path}/check`), schema)))
  const register = () =>
    tryTo(async () => {
      const { id } = await post<{ id: number }>(apiUrl(`${path}/versions`), schema)
      tell(`It has the id ${id}.`)
      onDone(subject)
    })
  return (
    <Dialog title={fixed === undefined ? 'New schema' : `New version of ${fixed}`} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void register()
        }}
      >
        <div class="fields">
          {fixed === undefined ? (
            <Field label="Subject, TOPIC-value or TOPIC-key">
              <input value={subject} autofocus onInput={(event) => setSubject(event.currentTarget.value)} />
            </Field>
          ) : null}
          <Field label="Type">
            <select value={type} onChange={(event) => setType(event.currentTarget.value)}>
              {Object.keys(FILES).map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </Field>
        </div>
        <Field label="Schema">
          <textarea rows={12} value={text} spellcheck={false} onInput={(event) => setText(event.currentTarget.value)} />
        </Field>
        <Command words={['schemas', 'register', subject || 'SUBJECT', FILES[type]!]} place={registryWords} />
        <Trouble error={error} />
        {outcome ? <Verdict outcome={outcome} /> : null}
        {isReadOnly ? <p class="warn">This page is read-only: nothing can be changed.</p> : null}
        <div class="bar">
          <button class="primary" disabled={!isReady || isReadOnly}>
            Register
          </button>
          <button type="button" disabled={!isReady} onClick={() => void check()}>
            Check
          </button>
          <button type="button" class="plain" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  )
}

const Verdict = ({ outcome: { isCompatible, reasons } }: { readonly outcome: CheckOutcome }): JSX.Element => (
  <div class={isCompatible ? 'note' : 'note bad'} role="status">
    {isCompatible ? 'It is compatible.' : 'It is not compatible:'}
    {reasons.map((reason) => (
      <p key={reason}>{reason}</p>
    ))}
  </div>
)
