import type { JSX } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { wordsOf } from '../../../lib/web/actions.ts'
import { act, ApiError } from '../../api.ts'
import { count, grouped } from '../../format.ts'
import { useSession } from '../../session.ts'
import { Command, Dialog, Field, Trouble } from '../../ui/pieces.tsx'

/** What goes out in one request. */
const PIECE_CHARACTERS = 500_000

export interface UploadProps {
  readonly topic: string
  readonly onClose: () => void
}

interface State {
  readonly written: number
  readonly isBusy: boolean
  readonly isDone: boolean
  readonly error?: ApiError
}

/** Writes the lines of a file, piece by piece; says how far it came, whatever happens. */
export function Upload({ topic, onClose }: UploadProps): JSX.Element {
  const [state, setState] = useState<State>({ written: 0, isBusy: false, isDone: false })
  const [keepsPlaces, setKeepsPlaces] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const { isReadOnly } = useSession()
  const ignore = ['topic', 'offset', ...(keepsPlaces ? [] : ['partition'])]
  const upload = async (): Promise<void> => {
    const file = input.current?.files?.[0]
    if (!file) return
    let written = 0
    setState({ written, isBusy: true, isDone: false })
    try {
      for await (const { lines, firstLine } of pieces(file)) {
        await act('produce', { topic, lines: lines.map((line) => `${line}\n`).join(''), ignore }).catch(
          (error: unknown) => {
            throw atLine(error as ApiError, firstLine)
          },
        )
        written += lines.length
        setState({ written, isBusy: true, isDone: false })
      }
      setState({ written, isBusy: false, isDone: true })
    } catch (error) {
      setState({ written, isBusy: false, isDone: false, error: error as ApiError })
    }
  }
  const { written, isBusy, isDone, error } = state
  return (
    <Dialog title={`Upload to ${topic}`} onClose={onClose}>
      <div class="records">
        <p class="quiet">A record a line, as kts consume --json and the download of this page write them.</p>
        <Field label="File">
          <input type="file" ref={input} accept=".ndjson,.jsonl,.json,application/x-ndjson" />
        </Field>
        <label>
          <input
            type="checkbox"
            checked={keepsPlaces}
            onChange={(event) => setKeepsPlaces(event.currentTarget.checked)}
          />{' '}
          Keep the partitions that the lines name
        </label>
        <Command words={wordsOf('produce', { topic, lines: '', ignore })} />
        <p role="status">
          {isBusy ? `${grouped(written)} written…` : isDone ? `Done: ${count(written, 'record')} written.` : ''}
          {error
            ? `${count(written, 'record')} of earlier pieces are written; of this piece those before the line below.`
            : ''}
        </p>
        <Trouble error={error} />
        <div class="bar">
          <button type="button" class="primary" disabled={isBusy || isReadOnly} onClick={() => void upload()}>
            Upload
          </button>
          <button type="button" class="plain" onClick={onClose}>
            Close
          </button>
        </div>
      </div>
    </Dialog>
  )
}

/** The command counts the lines of its piece. */
const atLine = (error: ApiError, firstLine: number): ApiError =>
  new ApiError(
    error.message.replace(/\bline (\d+)/g, (_, line: string) => `line ${Number(line) + firstLine - 1}`),
    error.status,
    error.code,
  )

async function* pieces(file: File): AsyncGenerator<{ readonly lines: string[]; readonly firstLine: number }> {
  const reader = file.stream().pipeThrough(new TextDecoderStream()).getReader()
  let [rest, firstLine] = ['', 1]
  for (;;) {
    const { done, value = '' } = await reader.read()
    rest += value
    if (!done && rest.length < PIECE_CHARACTERS) continue
    const end = done ? rest.length : rest.lastIndexOf('\n') + 1
    const lines = rest
      .slice(0, end)
      .replace(/\r?\n$/, '')
      .split(/\r?\n/)
    rest = rest.slice(end)
    if (end > 0 && lines.some((line) => line !== '')) yield { lines, firstLine }
    firstLine += end > 0 ? lines.length : 0
    if (done) return
  }
}
