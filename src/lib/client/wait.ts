import type { Clock } from '../clock.ts'

/** Resolves after `delayMs`. */
export const wait = (clock: Clock, delayMs: number): Promise<void> =>
  new Promise((resolve) => void clock.after(delayMs, resolve))
