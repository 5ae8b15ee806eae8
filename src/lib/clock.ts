/** Time as the code sees it, so that tests can turn the hands. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Runs `action` once after `delayMs`. The process stays alive until then: somebody is waiting. */
  after(delayMs: number, action: () => void): Timer
  /** The same for housekeeping that nobody waits for: the timer does not keep the process alive. */
  inBackground(delayMs: number, action: () => void): Timer
}

export interface Timer {
  cancel(): void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, action) => timerOf(startTimeout(delayMs, action)),
  inBackground: (delayMs, action) => timerOf(startTimeout(delayMs, action).unref()),
}

/** Node fires at once, with a warning, for a delay that does not fit 31 bits. */
const startTimeout = (delayMs: number, action: () => void): NodeJS.Timeout =>
  setTimeout(action, Math.min(Math.max(delayMs, 0), 0x7fff_ffff))

const timerOf = (timeout: NodeJS.Timeout): Timer => ({ cancel: () => clearTimeout(timeout) })

/** Resolves after `delayMs`, or with the signal: whoever is stopped waits no more. */
export function wait(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const timer = clock.after(delayMs, done)
    signal?.addEventListener('abort', done)
    function done(): void {
      timer.cancel()
      signal?.removeEventListener('abort', done)
      resolve()
    }
  })
}

/** Waits by the time of this machine; false when the signal was raised first. */
export async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  await wait(systemClock, ms, signal)
  return !signal.aborted
}
