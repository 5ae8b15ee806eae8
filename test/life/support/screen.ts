import { spawn } from '@lydell/node-pty'
import { Terminal } from '@xterm/headless'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NO_FOLDER } from '../../support/context.ts'
import { BIN } from '../../support/broker-process.ts'

export interface ScreenOptions {
  readonly columns?: number
  readonly rows?: number
  readonly env?: Record<string, string>
  readonly cwd?: string
}

/** Keys as a terminal sends them. */
export const KEYS = {
  enter: '\r',
  up: '\u001b[A',
  down: '\u001b[B',
  right: '\u001b[C',
  left: '\u001b[D',
  backspace: '\u007f',
  tab: '\t',
  ctrlC: '\u0003',
  ctrlD: '\u0004',
  ctrlZ: '\u001a',
} as const

/** A shell in a pseudo-terminal, and what a person would see of it. kts and its drop-ins are on the PATH. */
export class Screen {
  readonly #terminal: Terminal
  readonly #pty: ReturnType<typeof spawn>
  readonly #looks = new Set<() => void>()
  readonly #folder = mkdtempSync(join(tmpdir(), 'kts-screen-'))
  readonly ended: Promise<number>
  #raw = ''

  constructor({ columns = 80, rows = 24, env = {}, cwd }: ScreenOptions = {}) {
    this.#terminal = new Terminal({ cols: columns, rows, scrollback: 2000, allowProposedApi: true })
    const inherited = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(KTS_|XDG_|NO_COLOR|FORCE_COLOR|CI$|PS1$)/.test(name)),
    )
    this.#pty = spawn('bash', ['--norc', '--noprofile'], {
      cols: columns,
      rows,
      cwd: cwd ?? this.#folder,
      name: 'xterm-256color',
      env: {
        ...inherited,
        PS1: '$ ',
        TERM: 'xterm-256color',
        PATH: `${BIN}:${process.env['PATH']}`,
        XDG_CONFIG_HOME: NO_FOLDER,
        XDG_STATE_HOME: this.#folder,
        ...env,
      } as Record<string, string>,
    })
    this.#pty.onData((data) => {
      this.#raw += data
      this.#terminal.write(data, () => this.#looks.forEach((look) => look()))
    })
    // Programs ask a terminal things, and it answers.
    this.#terminal.onData((answer) => this.#pty.write(answer))
    this.ended = new Promise((resolve) => this.#pty.onExit(({ exitCode }) => resolve(exitCode)))
  }

  /** Types text, without Enter. */
  type(text: string): void {
    this.#pty.write(text)
  }

  /** Types a line and Enter. */
  enter(line: string): void {
    this.type(line + KEYS.enter)
  }

  /** All that was shown, scrolled away or not: lines without blanks at their end, and no empty ones after the last. */
  get text(): string {
    const {
      buffer: { active },
    } = this.#terminal
    const lines = Array.from(
      { length: active.length },
      (_, index) => active.getLine(index)?.translateToString(true) ?? '',
    )
    return lines.join('\n').trimEnd()
  }

  /** Lines that were longer than the screen is wide: the first part of each. */
  get wrapped(): string[] {
    const {
      buffer: { active },
    } = this.#terminal
    return Array.from({ length: active.length }, (_, index) => index)
      .filter((index) => active.getLine(index + 1)?.isWrapped === true && !active.getLine(index)!.isWrapped)
      .map((index) => active.getLine(index)!.translateToString(true))
  }

  /** The bytes that came, escape sequences included. */
  get raw(): string {
    return this.#raw
  }

  /** Resolves with the text once it fits. Rejects, with what is shown, after `limitMs`, or when the shell ends. */
  async until(pattern: RegExp, limitMs = 15_000): Promise<string> {
    let timer: NodeJS.Timeout | undefined
    let look = (): void => {}
    try {
      return await new Promise<string>((resolve, reject) => {
        const refuse = (why: string): void =>
          reject(new Error(`${why} before ${pattern}; the screen shows\n${this.text}`))
        timer = setTimeout(() => refuse(`${limitMs} ms were over`), limitMs)
        void this.ended.then(() => refuse('the shell ended'))
        look = () => void (pattern.test(this.text) && resolve(this.text))
        this.#looks.add(look)
        look()
      })
    } finally {
      clearTimeout(timer)
      this.#looks.delete(look)
    }
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows)
    this.#pty.resize(columns, rows)
  }

  async close(): Promise<void> {
    this.#pty.kill('SIGKILL')
    await this.ended
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
