import type { Clock } from '../../clock.ts'

/** How long a reader waits for the next record. What brokers send without bringing any does not count. */
export class IdleLimit {
  deadlineMs: number

  /** `idleMs` is Infinity for ever. */
  constructor(
    private readonly clock: Clock,
    private readonly idleMs: number,
  ) {
    this.deadlineMs = clock.now() + idleMs
  }

  /** Records have come. */
  restart(): void {
    this.deadlineMs = this.clock.now() + this.idleMs
  }

  get isOver(): boolean {
    return this.clock.now() >= this.deadlineMs
  }
}
