import {
  clearScreenDown,
  createInterface,
  cursorTo,
  emitKeypressEvents,
  moveCursor,
  type Interface,
  type Key,
} from 'node:readline'
import type { Writable } from 'node:stream'
import type { Context } from '../../lib/command/define.ts'
import { bare } from '../../lib/output/shown.ts'
import { restoreTerminalWith } from '../../lib/output/standard.ts'
import type { Voice } from '../../lib/output/voice.ts'

const PROMPT = '> '
const HISTORY_LINES = 1000
/** What comes later than this after an escape character does not belong to it. */
const KEY_SETTINGS: object = { escapeCodeTimeout: 500 }
/** Has the terminal say where a paste begins and ends (DECSET 2004), or not any more. */
const MARK_PASTES = '\u001b[?2004h'
const LEAVE_PASTES = '\u001b[?2004l'
/** What a key that means nothing to readline leaves in a line; a tab is text. */
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f]/g

/**
 * Lines that somebody types at a terminal, with editing, history and pastes of many lines. What `voice` says stands
 * above the line that is being typed. Ctrl-D on an empty line and `signal` end it.
 */
export class LineEditor {
  private readonly lines: string[] = []
  private readonly output: Writable
  private readonly readline: Interface
  private readonly onAbort = (): void => this.stop()
  private isPasting = false
  private isClosed = false
  private wake = (): void => {}

  constructor(
    private readonly context: Pick<Context, 'stdin' | 'stderr'>,
    private readonly voice: Voice,
    private readonly signal: AbortSignal,
  ) {
    const { stdin, stderr } = context
    this.output = bare(stderr)
    // To readline text that comes in one piece goes to the end of the line, wherever the cursor is; but not if it does
    // not know that it does.
    emitKeypressEvents(stdin, KEY_SETTINGS as Interface)
    this.readline = createInterface({
      input: stdin,
      output: this.output,
      terminal: true,
      prompt: PROMPT,
      historySize: HISTORY_LINES,
    })
      .on('line', (line) => this.take(line))
      .on('close', () => this.close())
      .on('SIGINT', () => this.interrupt())
      .on('SIGTSTP', () => this.suspend())
    stdin.prependListener('keypress', this.watchPastes)
    signal.addEventListener('abort', this.onAbort, { once: true })
    restoreTerminalWith(() => this.close())
    let rows = 0
    voice.clear = () => (rows = this.clear())
    voice.redraw = () => this.redraw(rows)
    this.output.write(MARK_PASTES)
    this.readline.prompt()
  }

  /** How many lines have been entered that nobody has asked for. */
  get queued(): number {
    return this.lines.length
  }

  /** The lines that have been entered, each with its end. */
  async *chunks(): AsyncGenerator<Buffer> {
    try {
      for (;;) {
        if (this.lines.length > 0) yield Buffer.from(`${this.lines.splice(0).join('\n')}\n`)
        else if (this.isClosed || this.signal.aborted) return
        else await new Promise<void>((resolve) => (this.wake = resolve))
      }
    } finally {
      this.close()
    }
  }

  private take(line: string): void {
    this.lines.push(line.replace(CONTROLS, ''))
    if (this.isPasting) this.readline.setPrompt('')
    else this.readline.prompt()
    this.wake()
  }

  private readonly watchPastes = (_text: unknown, key?: Key): void => {
    if (key?.name === 'paste-start') this.isPasting = true
    if (key?.name !== 'paste-end') return
    this.isPasting = false
    this.readline.setPrompt(PROMPT)
    this.readline.prompt(true)
  }

  /** Takes the line off the screen. Returns how far its cursor was below its first row. */
  private clear(): number {
    const { rows } = this.readline.getCursorPos()
    moveCursor(this.output, 0, -rows)
    cursorTo(this.output, 0)
    clearScreenDown(this.output)
    return rows
  }

  /** Readline draws the line anew from its first row on, so many rows above the cursor. */
  private redraw(rows: number): void {
    this.output.write('\n'.repeat(rows))
    this.readline.prompt(true)
  }

  /** The terminal sends no signals while lines are edited: all of its foreground gets this one, as it would. */
  private interrupt(): void {
    this.stop('^C')
    process.kill(0, 'SIGINT')
  }

  private suspend(): void {
    this.output.write(LEAVE_PASTES)
    this.readline.pause()
    this.setRaw(false)
    process.once('SIGCONT', () => {
      if (this.isClosed) return
      this.setRaw(true)
      this.output.write(MARK_PASTES)
      this.readline.prompt(true)
    })
    process.kill(0, 'SIGTSTP')
  }

  private setRaw(isRaw: boolean): void {
    const { stdin } = this.context
    if ('setRawMode' in stdin) (stdin as NodeJS.ReadStream).setRawMode(isRaw)
  }

  /** Ends in the middle of a line, which is left as it stands. */
  private stop(mark = ''): void {
    if (this.isClosed) return
    this.readline.write(null, { ctrl: true, name: 'e' })
    this.output.write(mark)
    this.close()
  }

  private close(): void {
    if (this.isClosed) return
    this.isClosed = true
    this.voice.clear = this.voice.redraw = () => {}
    restoreTerminalWith(() => {})
    this.signal.removeEventListener('abort', this.onAbort)
    this.context.stdin.off('keypress', this.watchPastes)
    this.output.write(`${LEAVE_PASTES}\n`)
    this.readline.close()
    this.wake()
  }
}
