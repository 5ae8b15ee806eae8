import { KafkaError } from '../../../errors.ts'
import type { Clock, Timer } from '../../../clock.ts'

/** After this long an action that the disk refused is tried again. */
const RETRY_MS = 500

/** Timers by name: a name has one timer at most, and scheduling it anew moves it. */
export class CoordinatorTimers {
  private readonly timers = new Map<string, Timer>()
  private isClosed = false

  constructor(private readonly clock: Clock) {}

  /** An action that fails with a KafkaError (its records could not be written) runs again a little later. */
  schedule(name: string, delayMs: number, action: () => void): void {
    if (this.isClosed) return
    this.cancel(name)
    this.timers.set(
      name,
      this.clock.inBackground(delayMs, () => {
        this.timers.delete(name)
        this.run(name, action)
      }),
    )
  }

  scheduleIfAbsent(name: string, delayMs: number, action: () => void): void {
    if (!this.timers.has(name)) this.schedule(name, delayMs, action)
  }

  cancel(name: string): void {
    this.timers.get(name)?.cancel()
    this.timers.delete(name)
  }

  /** Cancels all, and takes no more. */
  close(): void {
    this.isClosed = true
    for (const timer of this.timers.values()) timer.cancel()
    this.timers.clear()
  }

  private run(name: string, action: () => void): void {
    try {
      action()
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error
      this.scheduleIfAbsent(name, RETRY_MS, action)
    }
  }
}

/** The name of a timer: what it watches, of which group or transaction, and whom. */
export function timerName(what: string, id: string, memberId = ''): string {
  return `${what}\0${id}\0${memberId}`
}
