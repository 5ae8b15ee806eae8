import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { dispatch, report, type OpenContext } from './dispatch.ts'
import { systemClock } from './lib/clock.ts'
import type { Context } from './lib/command/define.ts'
import { stateFolder } from './lib/config/folders.ts'
import { flush } from './lib/output/write.ts'

/** How long a command may go on when nobody reads its output any more. */
const graceMs = 1000

/**
 * Runs the command line of this process under a tool's name and ends the process: nothing else does. The first SIGINT
 * or SIGTERM lets the command wind up, the second ends at once, with the command's last words; a reader that goes away
 * (EPIPE) ends it quietly.
 */
export async function main(tool: string): Promise<void> {
  const end = new Ending()
  const open: OpenContext = (style, program, args) => new ProcessContext(style, program, args, end)
  const fail = (error: unknown): void => {
    report(error, open('kts', tool, []), process.argv.includes('--debug')).then((code) => end.exit(code)).catch(() => process.exit(1))
  }
  process.on('SIGINT', () => end.interrupt('SIGINT', 130))
  process.on('SIGTERM', () => end.interrupt('SIGTERM', 143))
  process.on('uncaughtException', fail)
  process.on('unhandledRejection', fail)
  process.stdout.on('error', (error: NodeJS.ErrnoException) => (error.code === 'EPIPE' ? end.readerGone() : fail(error)))
  process.stderr.on('error', () => {})
  // Node ends with 0 when nothing is pending; a command that has not settled by then waits for what can never come.
  process.once('beforeExit', () => fail(new Error('the command has not come to its end, and nothing is left to wait for')))
  try {
    await end.exit(await dispatch(tool, process.argv.slice(2), open))
  } catch (error) {
    fail(error)
  }
}

class Ending {
  readonly #controller = new AbortController()
  #code: number | undefined
  /** Whether the command looks at the signal; one that never did has nothing to wind up. */
  #watched = false
  lastWords: () => readonly string[] = () => []

  watch(): AbortSignal {
    this.#watched = true
    return this.#controller.signal
  }

  interrupt(name: string, code: number): void {
    if (this.#controller.signal.aborted) this.#say()
    if (!this.#watched || this.#controller.signal.aborted) process.exit(code)
    this.#code = code
    this.#controller.abort(name)
  }

  readerGone(): void {
    if (this.#controller.signal.aborted) return
    this.interrupt('EPIPE', 0)
    setTimeout(() => process.exit(0), graceMs)
  }

  /** Not through the stream, which may be behind. A stderr that takes nothing more is no reason to stay. */
  #say(): void {
    try {
      for (const line of this.lastWords()) writeSync(process.stderr.fd, `${line}\n`)
    } catch {}
  }

  /** Ends the process once its output has gone out; timers and sockets left behind by a client do not hold it. */
  async exit(code: number): Promise<void> {
    await Promise.all([flush(process.stdout), flush(process.stderr)])
    process.exit(this.#code ?? code)
  }
}

class ProcessContext implements Context {
  readonly clock = systemClock
  readonly startedAt = performance.timeOrigin
  readonly stdinFd = 0
  readonly env = process.env
  readonly #ending: Ending

  constructor(
    readonly style: Context['style'],
    readonly program: string,
    readonly args: readonly string[],
    ending: Ending,
  ) {
    this.#ending = ending
  }

  get stdin(): typeof process.stdin {
    return process.stdin
  }

  get stdout(): typeof process.stdout {
    return process.stdout
  }

  get stderr(): typeof process.stderr {
    return process.stderr
  }

  get cwd(): string {
    return process.cwd()
  }

  get signal(): AbortSignal {
    return this.#ending.watch()
  }

  lastWords(words: () => readonly string[]): void {
    this.#ending.lastWords = words
  }

  async startSelf(args: readonly string[]): Promise<void> {
    const [{ startInBackground }, { spinWhile }] = await Promise.all([import('./lib/command/background.ts'), import('./lib/output/spinner.ts')])
    const name = args.slice(0, 2).join('-')
    const work = startInBackground(args, { cwd: this.cwd, env: this.env, logFile: join(stateFolder(this.env), `${name}.log`) })
    await spinWhile(`starting kts ${name.replace('-', ' ')}`, this.stderr, work)
  }

  async leaveSelf(args: readonly string[]): Promise<void> {
    const { leaveInBackground } = await import('./lib/command/background.ts')
    leaveInBackground(args, { cwd: this.cwd, env: this.env })
  }
}
