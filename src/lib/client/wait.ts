import type { Clock } from '../clock.ts'

/** Resolves after `delayMs`. Unlike a bare timer of the clock it keeps the process alive: somebody is waiting. */
export async function wait(clock: Clock, delayMs: number): Promise<void> {
  const alive = setInterval(() => {}, 0x7fff_ffff)
  try {
    await new Promise<void>((resolve) => clock.after(delayMs, resolve))
  } finally {
    clearInterval(alive)
  }
}
