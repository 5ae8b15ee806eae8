import type { Transactions } from '../../../lib/client/producer/index.ts'
import { isExpected } from '../../../lib/errors.ts'

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
