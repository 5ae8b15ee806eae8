import type { Clock } from '../../clock.ts'

/** Waits so long, or until the signal: whoever is stopped waits no more. */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const timer = clock.after(ms, done)
    signal.addEventListener('abort', done)
    function done(): void {
      timer.cancel()
      signal.removeEventListener('abort', done)
      resolve()
    }
  })
}
