import type { Writable } from 'node:stream'
import { isPipe } from './is-pipe.ts'
import { bare, shownText } from './shown.ts'

interface Surroundings {
  readonly stdout: Writable & { readonly fd?: number }
  readonly stderr: Writable & { readonly isTTY?: boolean }
}

/** A terminal has room for one at a time: who comes second waits in silence. */
let isSpinning = false

/**
 * Shows that something takes its time while it does: on a terminal of its own, and only when it takes longer than a
 * moment.
 */
export async function spinWhile<T>(text: string, { stdout, stderr }: Surroundings, work: Promise<T>): Promise<T> {
  if (!stderr.isTTY || isPipe(stdout) || (await finishesWithin(momentMs, work))) return await work
  const { default: ora } = await import('ora')
  if (isSpinning) return await work
  isSpinning = true
  const spinner = ora({
    text: shownText(text),
    stream: bare(stderr) as NodeJS.WriteStream,
    discardStdin: false,
    hideCursor: false,
  }).start()
  return await work.finally(() => {
    isSpinning = false
    spinner.stop()
  })
}

const momentMs = 150

async function finishesWithin(ms: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => (timer = setTimeout(resolve, ms, false)))
  const done = work.then(
    () => true,
    () => true,
  )
  return await Promise.race([done, late]).finally(() => clearTimeout(timer))
}
