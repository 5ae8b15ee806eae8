import type { Transactions } from '../../../lib/client/producer/index.ts'
import { isExpected } from '../../../lib/errors.ts'

/**
 * Sleeping for less is not worth it: a few records may go ahead of their time instead (Kafka's ThroughputThrottler).
 */
const MIN_SLEEP_MS = 2

/** Keeps a producer to so many records a second; a negative rate is no limit. */
export class Throttle {
  constructor(
    private readonly perSecond: number,
    private readonly startMs: number,
  ) {}

  /** How long to wait when so many records have been sent, in milliseconds; 0 for not at all. */
  delayMs(sent: number, nowMs: number): number {
    if (this.perSecond < 0) return 0
    const aheadMs = (sent * 1000) / this.perSecond - (nowMs - this.startMs)
    return aheadMs >= MIN_SLEEP_MS ? aheadMs : 0
  }
}

/**
 * One transaction after the other, each committed by the first record that finds it old enough (ProducerPerformance).
 */
export class Rounds {
  private isOpen = false
  private beganMs = 0

  constructor(
    private readonly transactions: Transactions,
    private readonly durationMs: number,
  ) {}

  /** To be called before a record. Throws KafkaError or EnvironmentError. */
  async beforeRecord(nowMs: number): Promise<void> {
    if (this.isOpen) return
    await this.transactions.begin()
    this.isOpen = true
    this.beganMs = nowMs
  }

  isOver(nowMs: number): boolean {
    return nowMs - this.beganMs >= this.durationMs
  }

  /** Commits what is open. Throws KafkaError or EnvironmentError, after which nothing is open. */
  async commit(): Promise<void> {
    if (!this.isOpen) return
    this.isOpen = false
    try {
      await this.transactions.commit()
    } catch (error) {
      // Why the commit failed says more than why the abort did.
      if (isExpected(error)) await this.transactions.abort().catch(() => {})
      throw error
    }
  }
}
