import type { Clock, Timer } from '../clock.ts'

/**
 * How long what is under way has to come to its end after the first signal: less than service managers wait before they
 * kill.
 */
const GRACE_MS = 5000
/** What takes no longer than this is not worth a word. */
const BRIEF_MS = 200

export interface ShutdownParts {
  /** Raised by the first signal, with its name as the reason. */
  readonly signal: AbortSignal
  readonly clock: Clock
  /** What is still waited for: `3 lines`, with the reason behind it where there is one; undefined for nothing. */
  pending(this: void): string | undefined
  /** Writes a line for a person. */
  say(this: void, line: string): void
  /** Ends the wait. `reason` says since when: `given up 5 s after SIGTERM`. */
  giveUp(this: void, reason: string): void
}

/** From the first signal on: says what still has to be waited for, and gives it up when that takes too long. */
export class GracefulShutdown {
  private readonly timers: Timer[] = []

  constructor(private readonly parts: ShutdownParts) {
    const { signal } = parts
    if (signal.aborted) this.begin()
    else signal.addEventListener('abort', this.begin, { once: true })
  }

  /** Everything has come to its end. */
  end(): void {
    this.parts.signal.removeEventListener('abort', this.begin)
    for (const timer of this.timers) timer.cancel()
  }

  private readonly begin = (): void => {
    const { clock, signal, giveUp } = this.parts
    const name = String(signal.reason)
    this.timers.push(
      clock.after(BRIEF_MS, () => this.tell(name)),
      clock.after(GRACE_MS, () => giveUp(`given up ${GRACE_MS / 1000} s after ${name}`)),
    )
  }

  private tell(name: string): void {
    const pending = this.parts.pending()
    const again = name === 'SIGINT' ? 'Ctrl-C again' : 'another signal'
    if (pending !== undefined)
      this.parts.say(`waiting for ${pending}; gives up after ${GRACE_MS / 1000} s, ${again} gives up at once`)
  }
}
