import type { Writable } from 'node:stream'
import type { Clock, Timer } from '../clock.ts'
import { isPipe } from './is-pipe.ts'
import { bare, shownText } from './shown.ts'
import { style } from './style.ts'

export interface Progress {
  /** So many more lines or records, of so many bytes together, are done. */
  add(lines: number, bytes: number): void
  /** So much of all there is to do is done, from 0 to 1: tells how long the rest will take. */
  reach(share: number): void
  /** Makes room on a terminal for a line of another kind; the status line comes back by itself. */
  clear(): void
  /** Takes the status line away, or writes the last plain one. */
  end(): void
}

export interface ProgressSurroundings {
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly fd?: number }
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number }
  readonly clock: Clock
}

export interface ProgressOptions {
  /** What happens to them: `produced`, `consumed`. */
  readonly verb: string
  readonly unit?: 'line' | 'record'
  /** Where no line can be redrawn too: there as a plain line a second. */
  readonly forced?: boolean
  /** Whether stdout is where records go: they and a line that is redrawn do not go together on one terminal. */
  readonly hasOutput?: boolean
}

const redrawMs = 100
const plainMs = 1000
const CLEAR_LINE = '\r\u001b[K'

/** Shows nothing. */
export const NO_PROGRESS: Progress = { add() {}, reach() {}, clear() {}, end() {} }

/**
 * Shows how a stream gets on, on stderr: one line that is redrawn on a terminal, nothing elsewhere unless forced. A
 * terminal that another program may write to as well is none: whatever reads stdout shows its own lines there.
 */
export function startProgress(
  { stdout, stderr: shownStderr, clock }: ProgressSurroundings,
  { verb, unit = 'line', forced = false, hasOutput = false }: ProgressOptions,
): Progress {
  const stderr = bare(shownStderr)
  const redraws = stderr.isTTY === true && !isPipe(stdout) && !(hasOutput && stdout.isTTY)
  if (!redraws && !forced) return NO_PROGRESS
  const everyMs = redraws ? redrawMs : plainMs
  const startedMs = clock.now()
  const done = { lines: 0, bytes: 0, share: 0 }
  let timer: Timer | undefined
  const draw = (): void => {
    const text = describe(unit, verb, done, clock.now() - startedMs)
    stderr.write(
      redraws ? `\r${shownText(style.stderr.dim(text.slice(0, (stderr.columns || 80) - 1)))}\u001b[K` : `${text}\n`,
    )
  }
  const clear = (): void => void (redraws && stderr.write(CLEAR_LINE))
  const again = (): void => {
    draw()
    timer = clock.inBackground(everyMs, again)
  }
  return {
    add(lines, bytes) {
      done.lines += lines
      done.bytes += bytes
      timer ??= clock.inBackground(everyMs, again)
    },
    reach(share) {
      done.share = share
    },
    clear,
    end() {
      timer?.cancel()
      if (redraws) clear()
      else draw()
    },
  }
}

function describe(
  unit: string,
  verb: string,
  { lines, bytes, share }: { lines: number; bytes: number; share: number },
  elapsedMs: number,
): string {
  const rate = elapsedMs > 0 ? Math.round((lines * 1000) / elapsedMs) : lines
  return `${formatCount(lines)} ${unit}${lines === 1 ? '' : 's'} ${verb}, ${formatCount(rate)}/s, ${formatBytes(bytes)}${share > 0 && share < 1 ? `, ${formatTime((elapsedMs * (1 - share)) / share)} left` : ''}`
}

/** In the largest unit that leaves a whole part: `12 s`, `3 min`, `5 h`. */
function formatTime(ms: number): string {
  const seconds = Math.ceil(ms / 1000)
  if (seconds < 120) return `${seconds} s`
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`
}

/** `1234567` as `1,234,567`. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** Bytes in the largest unit of 1024 that leaves a whole part: `1.5 MiB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10))
  return `${power === 0 ? bytes : (bytes / 1024 ** power).toFixed(1)} ${units[power]}`
}
