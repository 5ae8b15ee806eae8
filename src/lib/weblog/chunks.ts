import { createWeblog } from './line.ts'

export interface WeblogRun {
  readonly seed: number
  /** How many lines; endless without. */
  readonly count?: number | undefined
  /** Moment of the first line, and the time from one line to the next. */
  readonly startMs: number
  readonly intervalMs: number
}

const linesPerChunk = 500

/** The lines of a run in chunks of about 100 kB, each line ended by a newline. */
export function* weblogChunks({ seed, count = Infinity, startMs, intervalMs }: WeblogRun): Generator<Buffer> {
  const nextLine = createWeblog(seed)
  for (let made = 0; made < count; ) {
    const end = Math.min(count, made + linesPerChunk)
    let text = ''
    for (; made < end; made++) text += `${nextLine(startMs + made * intervalMs)}\n`
    yield Buffer.from(text, 'latin1')
  }
}

/**
 * The same at a pace: a chunk whenever lines are due, dated when they were. Ends after `count` lines or when the
 * signal is raised.
 */
export async function* pacedWeblog(
  run: Omit<WeblogRun, 'startMs'>,
  now: () => number,
  pause: (ms: number) => Promise<boolean>,
): AsyncGenerator<Buffer> {
  const { seed, count = Infinity, intervalMs } = run
  const nextLine = createWeblog(seed)
  const startMs = now()
  for (let made = 0; made < count; ) {
    const due = Math.min(count, Math.floor((now() - startMs) / intervalMs) + 1)
    let text = ''
    for (; made < due; made++) text += `${nextLine(startMs + made * intervalMs)}\n`
    if (text !== '') yield Buffer.from(text, 'latin1')
    const waitMs = Math.max(startMs + made * intervalMs - now(), minPauseMs)
    if (made < count && !(await pause(waitMs))) return
  }
}

/** However fast the pace, lines go out in spoonfuls. */
const minPauseMs = 20
