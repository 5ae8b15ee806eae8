import type { Clock } from '../../clock.ts'

/**
 * Something to wait for: `notify` wakes the one who waits, or lets the next one through at once. One waiter at a time.
 */
export class Signal {
  private wake: (() => void) | undefined
  private isSet = false

  notify(): void {
    this.isSet = true
    this.wake?.()
  }

  /** Resolves at the next `notify`, or after `timeoutMs`. */
  async wait(clock: Clock, timeoutMs: number): Promise<void> {
    if (!this.isSet && timeoutMs > 0) {
      await new Promise<void>((resolve) => {
        const timer = timeoutMs === Infinity ? undefined : clock.after(timeoutMs, resolve)
        this.wake = () => {
          timer?.cancel()
          resolve()
        }
      })
    }
    this.wake = undefined
    this.isSet = false
  }
}
