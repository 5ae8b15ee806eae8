import { join } from 'node:path'
import { dispatch, report, type OpenContext } from './dispatch.ts'
import { systemClock } from './lib/clock.ts'
import type { Context } from './lib/command/define.ts'
import { mayHoldSecrets } from './lib/command/secret-words.ts'
import { stateFolder } from './lib/config/folders.ts'
import { isReaderGone, writeProblem } from './lib/output/failure.ts'
import { shown, shownText } from './lib/output/shown.ts'
import {
  leaveTerminal,
  standardError,
  standardOutput,
  writeAtOnce,
  type StandardStream,
} from './lib/output/standard.ts'
import { flush } from './lib/output/write.ts'

/** How long a command may go on when nobody reads its output any more. */
const graceMs = 1000
/** How long it may take to leave its group and the like when its output cannot be written. */
const failedGraceMs = 3000
/** How long a reader that is behind, or has stopped, holds up the end after a signal. */
const lastWordsMs = 1000

/**
 * Runs the command line of this process under a tool's name and ends the process: nothing else does. The first SIGINT
 * or SIGTERM lets the command wind up, the second ends at once, with the command's last words; a reader that goes away
 * (EPIPE) ends it quietly, any other failure of stdout with a line and exit code 1.
 */
export async function main(tool: string): Promise<void> {
  hideSecrets(tool)
  const stdout = standardOutput()
  const stderr = standardError(stdout)
  const end = new Ending(tool, stdout, stderr)
  const open: OpenContext = (style, program, args) =>
    new ProcessContext(style, end.called(program), args, stdout, stderr, end)
  const fail = (error: unknown): void => {
    report(error, open('kts', tool, []), process.argv.includes('--debug'))
      .then((code) => end.exit(code))
      .catch(() => leave(1))
  }
  process.on('SIGINT', () => end.interrupt('SIGINT', 130))
  process.on('SIGTERM', () => end.interrupt('SIGTERM', 143))
  process.on('uncaughtException', fail)
  process.on('unhandledRejection', fail)
  stdout.on('error', (error: NodeJS.ErrnoException) => end.outputFailed(error))
  if (stderr !== stdout) stderr.on('error', () => {})
  // Node ends with 0 when nothing is pending; a command that has not settled by then waits for what can never come.
  process.once('beforeExit', () =>
    fail(
      new Error(
        'the command has stopped before its end: it waits for something, and nothing is left that could bring it',
      ),
    ),
  )
  try {
    await end.exit(await dispatch(tool, process.argv.slice(2), open))
  } catch (error) {
    fail(error)
  }
}

/** Everybody may read the command line of a process: one with a secret in it is taken back. */
function hideSecrets(tool: string): void {
  if (mayHoldSecrets(process.argv.slice(2))) process.title = tool
}

class Ending {
  readonly #controller = new AbortController()
  readonly #stdout: StandardStream
  readonly #stderr: StandardStream
  #program: string
  #code: number | undefined
  /** Whether the command looks at the signal; one that never did has nothing to wind up. */
  #watched = false
  #hasFailed = false
  #isMinding = false
  lastWords: () => readonly string[] = () => []

  constructor(program: string, stdout: StandardStream, stderr: StandardStream) {
    this.#program = program
    this.#stdout = stdout
    this.#stderr = stderr
  }

  /** Keeps the name that is used in messages. */
  called(program: string): string {
    return (this.#program = program)
  }

  watch(): AbortSignal {
    this.#watched = true
    return this.#controller.signal
  }

  interrupt(name: string, code: number): void {
    if (this.#controller.signal.aborted) this.#say()
    if (!this.#watched || this.#controller.signal.aborted) leave(code)
    this.#code = code
    this.#controller.abort(name)
  }

  /** From now on a reader that goes away is noticed while nothing is written, too. */
  async mindReader(): Promise<void> {
    if (this.#isMinding) return
    this.#isMinding = true
    const { watchReader } = await import('./lib/output/reader.ts')
    watchReader(1, () => this.#stdout.emit('error', Object.assign(new Error('the reader has gone'), { code: 'EPIPE' })))
  }

  /** The command winds up as after a signal, which it may have had before. */
  outputFailed(error: NodeJS.ErrnoException): void {
    if (this.#hasFailed) return
    this.#hasFailed = true
    if (!isReaderGone(error)) this.#stderr.write(`${this.#program}: cannot write the output: ${writeProblem(error)}\n`)
    if (this.#controller.signal.aborted) return
    this.#code = isReaderGone(error) ? 0 : 1
    if (!this.#watched) return void this.exit(this.#code)
    this.#controller.abort(error.code)
    setTimeout(() => leave(this.#code!), isReaderGone(error) ? graceMs : failedGraceMs)
  }

  #say(): void {
    for (const line of this.lastWords()) writeAtOnce(this.#stderr, `${shownText(line)}\n`)
  }

  /** Ends the process once its output has gone out; timers and sockets left behind by a client do not hold it. */
  async exit(code: number): Promise<void> {
    if (this.#controller.signal.aborted) setTimeout(() => leave(this.#code ?? code), lastWordsMs)
    await Promise.all([flush(this.#stdout), flush(this.#stderr)])
    leave(this.#code ?? code)
  }
}

function leave(code: number): never {
  leaveTerminal()
  process.exit(code)
}

class ProcessContext implements Context {
  readonly clock = systemClock
  // Not performance.timeOrigin: it loads all that Node measures with.
  readonly startedAt = Date.now() - process.uptime() * 1000
  readonly stdinFd = 0
  readonly env = process.env
  readonly stdout: StandardStream
  readonly stderr: StandardStream
  readonly #ending: Ending

  constructor(
    readonly style: Context['style'],
    readonly program: string,
    readonly args: readonly string[],
    stdout: StandardStream,
    stderr: StandardStream,
    ending: Ending,
  ) {
    const isDropIn = style === 'drop-in'
    // Apache's tools write to stdout what they are given, to a terminal as well.
    this.stdout = isDropIn ? stdout : shown(stdout, { controls: stdout.isTTY ? 'all' : 'none' })
    this.stderr = shown(stderr, { controls: isDropIn && !stderr.isTTY ? 'none' : 'text' })
    this.#ending = ending
  }

  get stdin(): typeof process.stdin {
    return process.stdin
  }

  get cwd(): string {
    return process.cwd()
  }

  get signal(): AbortSignal {
    return this.#ending.watch()
  }

  mindReader(): void {
    void this.#ending.mindReader()
  }

  lastWords(words: () => readonly string[]): void {
    this.#ending.lastWords = words
  }

  async startSelf(args: readonly string[], logFile?: string): Promise<void> {
    const [{ startInBackground }, { spinWhile }] = await Promise.all([
      import('./lib/command/background.ts'),
      import('./lib/output/spinner.ts'),
    ])
    const name = args.slice(0, 2).join('-')
    const work = startInBackground(args, {
      cwd: this.cwd,
      env: this.env,
      logFile: logFile ?? join(stateFolder(this.env), `${name}.log`),
    })
    await spinWhile(`starting kts ${name.replace('-', ' ')}`, this, work)
  }

  runSelf(args: readonly string[], streams: Pick<Context, 'stdin' | 'stdout' | 'stderr'>): Promise<number> {
    const { clock, env, cwd, signal } = this
    return dispatch('kts', args, (style, program, words) => ({
      ...{ style, program, args: words, clock, env, cwd, signal, ...streams },
      startedAt: clock.now(),
      lastWords() {},
      startSelf: (self, logFile) => this.startSelf(self, logFile),
      runSelf: (self, own) => this.runSelf(self, own),
      leaveSelf: (self) => this.leaveSelf(self),
    }))
  }

  async leaveSelf(args: readonly string[]): Promise<void> {
    const { leaveInBackground } = await import('./lib/command/background.ts')
    leaveInBackground(args, { cwd: this.cwd, env: this.env })
  }
}
