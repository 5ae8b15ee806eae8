import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { shellWords } from '../../lib/command/shell.ts'
import type { ApiError } from '../api.ts'
import { grouped } from '../format.ts'
import { goWith } from '../router.ts'
import { useSession } from '../session.ts'

/** A text put on the clipboard, and a word that it is there. */
function copy(text: string): void {
  void navigator.clipboard.writeText(text).then(
    () => tell('Copied.'),
    () => tell(text),
  )
}

export interface CommandProps {
  readonly words: readonly string[]
  /** Where it is done: on the cluster unless something else is said. */
  readonly place?: readonly string[]
}

/** The command line that does the same as a view or an action. */
export function Command({ words, place }: CommandProps): JSX.Element {
  const { connectionWords } = useSession()
  const line = `kts ${shellWords([...words, ...(place ?? connectionWords)])}`
  return (
    <div class="command">
      <code tabIndex={0}>{line}</code>
      <button type="button" onClick={() => copy(line)} title="Copy as command (c)" data-copy>
        Copy
      </button>
    </div>
  )
}

export function CopyButton({ text, label = 'Copy' }: { readonly text: string; readonly label?: string }): JSX.Element {
  return (
    <button type="button" onClick={() => copy(text)}>
      {label}
    </button>
  )
}

/** What went wrong, and what to do about it. */
export function Trouble({ error }: { readonly error: ApiError | undefined }): JSX.Element | null {
  if (!error) return null
  return (
    <div class="note bad" role="alert">
      {error.message}
      {error.status === 502 || error.status === 0 ? <p class="quiet">Trying again every few seconds.</p> : null}
    </div>
  )
}

export function Empty({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return <div class="empty">{children}</div>
}

export interface DialogProps {
  readonly title: string
  readonly onClose: () => void
  readonly children: ComponentChildren
}

/** Closed by Escape, and by a click beside it. */
export function Dialog({ title, onClose, children }: DialogProps): JSX.Element {
  const ref = useRef<HTMLDialogElement>(null)
  useEffect(() => ref.current?.showModal(), [])
  return (
    <dialog
      ref={ref}
      aria-label={title}
      onClose={onClose}
      onClick={(event) => event.target === event.currentTarget && event.currentTarget.close()}
    >
      <div class="head">
        <h2>{title}</h2>
        <div class="actions">
          <button type="button" class="plain" aria-label="Close" onClick={() => ref.current?.close()}>
            ✕
          </button>
        </div>
      </div>
      {children}
    </dialog>
  )
}

export interface ActionFormProps {
  readonly title: string
  /** What is done, as its command. */
  readonly words: readonly string[]
  readonly submit: string
  readonly isDanger?: boolean
  readonly isReady?: boolean
  readonly run: (typed: string | undefined) => Promise<unknown>
  readonly onDone: () => void
  readonly onClose: () => void
  readonly children?: ComponentChildren
}

/** Asks for what an action needs, shows its command, and does it. */
export function ActionForm(props: ActionFormProps): JSX.Element {
  const { title, words, submit, isDanger, isReady = true, run, onDone, onClose, children } = props
  const [error, setError] = useState<ApiError>()
  const [isBusy, setBusy] = useState(false)
  const [typed, setTyped] = useState('')
  const { typedName, isReadOnly } = useSession()
  const mustType = isDanger === true && typedName !== null
  const perform = async (event: Event): Promise<void> => {
    event.preventDefault()
    setBusy(true)
    setError(undefined)
    try {
      await run(mustType ? typed : undefined)
      onDone()
    } catch (failure) {
      setError(failure as ApiError)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={(event) => void perform(event)}>
        {children}
        {mustType ? (
          <Field label={`Type ${typedName} to go ahead`}>
            <input value={typed} onInput={(event) => setTyped(event.currentTarget.value)} autocomplete="off" />
          </Field>
        ) : null}
        <Command words={words} />
        <Trouble error={error} />
        {isReadOnly ? <p class="warn">This page is read-only: nothing can be changed.</p> : null}
        <div class="bar">
          <button
            class={isDanger ? 'danger' : 'primary'}
            disabled={isBusy || !isReady || isReadOnly || (mustType && typed !== typedName)}
          >
            {isBusy ? 'Working…' : submit}
          </button>
          <button type="button" class="plain" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  )
}

export interface FieldProps {
  readonly label: string
  readonly children: ComponentChildren
}

export function Field({ label, children }: FieldProps): JSX.Element {
  return (
    <label class="field">
      <span>{label}</span>
      {children}
    </label>
  )
}

/** Filters what is listed, by `q` of the address. */
export function ListFilter({ what, value }: { readonly what: string; readonly value: string }): JSX.Element {
  return (
    <input
      class="grow"
      type="search"
      data-filter
      aria-label={`Filter ${what}`}
      placeholder={`Filter ${what}  ( / )`}
      value={value}
      onInput={(event) => goWith({ q: event.currentTarget.value })}
    />
  )
}

/** How many of all are listed. */
export const Listed = ({ shown, all }: { readonly shown: number; readonly all: number }): JSX.Element => (
  <span class="quiet">{`${grouped(shown)} of ${grouped(all)}`}</span>
)

/* What passes: one line for some seconds. */

const TOAST_MS = 6000
let showToast: (text: string) => void = () => {}

export const tell = (text: string): void => showToast(text)

export function Toasts(): JSX.Element {
  const [texts, setTexts] = useState<readonly { readonly id: number; readonly text: string }[]>([])
  useEffect(() => {
    let next = 0
    showToast = (text) => {
      const id = next++
      setTexts((before) => [...before.slice(-2), { id, text }])
      setTimeout(() => setTexts((before) => before.filter((toast) => toast.id !== id)), TOAST_MS)
    }
  }, [])
  return (
    <div class="toasts" role="status">
      {texts.map(({ id, text }) => (
        <div class="note" key={id}>
          {text}
        </div>
      ))}
    </div>
  )
}
