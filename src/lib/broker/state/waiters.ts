import type { Clock } from '../../clock.ts'
import { KafkaError } from '../../errors.ts'

interface Waiter {
  isOver(): boolean
  resolve(): void
  reject(error: KafkaError): void
}

/** Those whose answers wait until something holds (Kafka's DelayedOperation). */
export class Waiters {
  /** Null until somebody waits. */
  private waiting: Set<Waiter> | null = null

  constructor(private readonly clock: Clock) {}

  get isEmpty(): boolean {
    return !this.waiting?.size
  }

  /**
   * Undefined when it holds already. Rejects with KafkaError REQUEST_TIMED_OUT, or with what `fail` says.
   */
  until(isOver: () => boolean, timeoutMs: number): undefined | Promise<void> {
    if (isOver()) return undefined
    const waiting = (this.waiting ??= new Set())
    return new Promise<void>((resolve, reject) => {
      const waiter: Waiter = {
        isOver,
        resolve: () => finish(resolve),
        reject: (error) => finish(() => reject(error)),
      }
      const timer = this.clock.after(timeoutMs, () => waiter.reject(new KafkaError('REQUEST_TIMED_OUT')))
      const finish = (settle: () => void): void => {
        timer.cancel()
        waiting.delete(waiter)
        settle()
      }
      waiting.add(waiter)
    })
  }

  /** Lets those go on for whom it holds now. */
  check(): void {
    if (this.waiting) for (const waiter of this.waiting) if (waiter.isOver()) waiter.resolve()
  }

  fail(error: KafkaError): void {
    for (const waiter of this.waiting ?? []) waiter.reject(error)
  }
}
