import type { Clock } from '../../clock.ts'
import { EnvironmentError, KafkaError } from '../../errors.ts'
import type { Hinder } from '../consumer/topic-directory.ts'
import { Signal } from '../consumer/signal.ts'
import type { Coordinator } from '../coordinator.ts'
import { reactionTo } from './errors.ts'
import type { Membership } from './membership.ts'
import type { GroupSettings } from './settings.ts'

/** Is told what becomes of a member. */
export interface MemberListener {
  /** The membership is lost, and the partitions with it: nothing can be committed any more. */
  lost(): void
  notice(line: string): void
  /** The group cannot be joined or stayed in at the moment, or can again. */
  readonly hinder: Hinder
  free(subject: unknown): void
}

/** Joins a group and stays in it, until `close`, whatever protocol the group speaks. */
export abstract class Member<M extends Membership, L extends MemberListener> {
  protected readonly signal = new Signal()
  protected isClosed = false
  /** Failures in a row. */
  protected attempts = 0
  private polledAtMs: number

  constructor(
    protected readonly coordinator: Coordinator,
    protected readonly membership: M,
    protected readonly settings: GroupSettings,
    protected readonly clock: Clock,
    protected readonly listener: L,
  ) {
    this.polledAtMs = clock.now()
  }

  /** The reader is alive. Without this for max.poll.interval.ms the member leaves until it comes again. */
  poll(nowMs: number): void {
    const wasAway = this.wasAway(nowMs)
    this.polledAtMs = nowMs
    if (wasAway) this.signal.notify()
  }

  /** Ends when `close` is called. Throws KafkaError for what no further try can mend. */
  async run(): Promise<void> {
    while (!this.isClosed) {
      try {
        await this.participate()
      } catch (error) {
        if (this.isClosed) return
        await this.recover(error)
      }
    }
  }

  /** The coordinator has answered as it should. */
  protected succeed(): void {
    this.attempts = 0
    this.listener.free(this)
  }

  /** Leaves the group. Does not wait for what is under way. */
  async close(timeoutMs: number): Promise<void> {
    this.isClosed = true
    this.signal.notify()
    if (this.coordinator.isKnown) await this.membership.leave('the consumer is being closed', timeoutMs)
  }

  /**
   * Joins if it has to, and stays for a while. What it throws is mended where it can be, and it is called again.
   */
  protected abstract participate(): Promise<void>

  /** The group has to be joined again, for this reason. */
  protected abstract rejoin(reason: string): void

  protected get isAway(): boolean {
    return this.wasAway(this.clock.now())
  }

  /** The reader has not asked for records for too long: others get its partitions until it does. */
  protected async leaveWhileAway(): Promise<void> {
    this.listener.notice(
      `Nothing was read for max.poll.interval.ms (${this.settings.maxPollIntervalMs} ms); leaving the group until reading goes on`,
    )
    this.listener.lost()
    await this.membership.leave('max.poll.interval.ms has passed', this.settings.sessionTimeoutMs)
    while (!this.isClosed && this.isAway) await this.signal.wait(this.clock, Infinity)
    this.rejoin('reading goes on')
  }

  private wasAway(nowMs: number): boolean {
    return nowMs - this.polledAtMs > this.settings.maxPollIntervalMs
  }

  /** Brings things back to where `participate` can go on. Throws what it cannot mend. */
  private async recover(error: unknown): Promise<void> {
    if (!(error instanceof EnvironmentError || error instanceof KafkaError)) throw error
    const reaction = error instanceof KafkaError ? reactionTo(error.code) : 'find-coordinator'
    if (reaction === 'give-up') throw error
    // What a coordinator refuses for a moment is how groups go.
    this.listener.hinder(this, error.message, { atOnce: error instanceof EnvironmentError })
    if (reaction === 'find-coordinator') this.coordinator.forget()
    if (reaction === 'rejoin') this.rejoin('the group is being rebalanced')
    if (reaction === 'rejoin-as-new') {
      this.membership.reset()
      this.listener.lost()
      this.rejoin(`the place was lost (${(error as KafkaError).code})`)
    }
    this.attempts += 1
    // The first time at once: being told to join again is no failure.
    const isPrompt = this.attempts === 1 && reaction.startsWith('rejoin')
    if (!isPrompt) await this.signal.wait(this.clock, this.settings.retryBackoffMs)
  }
}
