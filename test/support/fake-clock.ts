import type { Clock, Timer } from '../../src/lib/clock.ts'

/** A clock that stands still until `advance` is called; timers then run in order of their time. */
export class FakeClock implements Clock {
  private readonly timers: { at: number; action: () => void }[] = []
  constructor(private time = 1_700_000_000_000) {}

  now(): number {
    return this.time
  }

  after(delayMs: number, action: () => void): Timer {
    const timer = { at: this.time + Math.max(delayMs, 0), action }
    this.timers.push(timer)
    return { cancel: () => this.drop(timer) }
  }

  inBackground(delayMs: number, action: () => void): Timer {
    return this.after(delayMs, action)
  }

  /** Moves time on, running every timer that comes due on the way. */
  advance(ms: number): void {
    const end = this.time + ms
    for (;;) {
      const due = this.timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
      if (!due) break
      this.drop(due)
      this.time = Math.max(this.time, due.at)
      due.action()
    }
    this.time = end
  }

  private drop(timer: { at: number; action: () => void }): void {
    const index = this.timers.indexOf(timer)
    if (index >= 0) this.timers.splice(index, 1)
  }
}
