import { PassThrough, Writable, type Readable } from 'node:stream'
import { dispatch } from '../../src/dispatch.ts'
import { systemClock, type Clock } from '../../src/lib/clock.ts'
import type { Context } from '../../src/lib/command/define.ts'

/** Where there are no profiles, and never will be: tests do not see those of whoever runs them. */
export const NO_FOLDER = '/dev/null'

export interface ContextOptions {
  readonly style?: Context['style']
  readonly program?: string
  readonly args?: readonly string[]
  readonly env?: Record<string, string>
  readonly cwd?: string
  readonly clock?: Clock
  readonly stdin?: Readable
  readonly signal?: AbortSignal
  /** Whether stdout and stderr are terminals. */
  readonly isTTY?: boolean
  readonly startSelf?: Context['startSelf']
  readonly leaveSelf?: Context['leaveSelf']
}

/** A context in memory, and what was written to it. */
export function createContext(options: ContextOptions = {}): {
  context: Context
  stdout(): string
  stderr(): string
  abort(reason: string): void
  lastWords(): readonly string[]
} {
  const controller = new AbortController()
  const [stdout, stderr] = [new Sink(options.isTTY), new Sink(options.isTTY)]
  let words = (): readonly string[] => []
  const context: Context = {
    style: options.style ?? 'kts',
    program: options.program ?? 'kts test',
    args: options.args ?? [],
    stdin: options.stdin ?? new PassThrough().end(),
    stdout,
    stderr,
    env: { XDG_CONFIG_HOME: NO_FOLDER, ...options.env },
    cwd: options.cwd ?? '/',
    clock: options.clock ?? systemClock,
    startedAt: (options.clock ?? systemClock).now(),
    signal: options.signal ?? controller.signal,
    lastWords: (given) => (words = given),
    runSelf: (args, streams) =>
      dispatch('kts', args, (style, program, words) => ({ ...context, ...streams, style, program, args: words })),
    startSelf: options.startSelf ?? (() => Promise.reject(new Error('nothing is started here'))),
    leaveSelf: options.leaveSelf ?? (() => Promise.reject(new Error('nothing is started here'))),
  }
  return {
    context,
    stdout: () => stdout.text,
    stderr: () => stderr.text,
    abort: (reason) => controller.abort(reason),
    lastWords: () => words(),
  }
}

/** For somebody at a terminal who types this and then goes away. */
export const atTerminal = (typed: string): Pick<ContextOptions, 'isTTY' | 'stdin'> => ({
  isTTY: true,
  stdin: Object.assign(new PassThrough().end(typed), { isTTY: true }),
})

class Sink extends Writable {
  readonly columns = 100
  readonly #chunks: Buffer[] = []

  constructor(readonly isTTY: boolean | undefined) {
    super()
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString()
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    // Whoever wrote it uses the memory again once it is done.
    this.#chunks.push(Buffer.from(chunk))
    done()
  }
}
