/** Time as the code sees it, so that tests can turn the hands. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Runs `action` once after `delayMs`; the timer does not keep the process alive. */
  after(delayMs: number, action: () => void): Timer
}

export interface Timer {
  cancel(): void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, action) {
    // Node fires at once, with a warning, for a delay that does not fit 31 bits.
    const timer = setTimeout(action, Math.min(Math.max(delayMs, 0), 0x7fff_ffff))
    timer.unref()
    return { cancel: () => clearTimeout(timer) }
  },
}
