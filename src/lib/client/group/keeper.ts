import type { Clock } from '../../clock.ts'
import { EnvironmentError, KafkaError } from '../../errors.ts'
import type { Hinder } from '../consumer/topic-directory.ts'
import { Signal } from '../consumer/signal.ts'
import type { Coordinator } from '../coordinator.ts'
import { reactionTo } from './errors.ts'
import type { Place } from './place.ts'
import type { GroupSettings } from './settings.ts'

/** A place that can be left, and taken anew. */
export interface KeptPlace extends Place {
  /** Gives up the place; who comes next is a new member. */
  reset(): void
  leave(reason: string, timeoutMs: number): Promise<void>
}

/** What a member does besides keeping its place. */
export interface KeeperWork {
  /** The place is gone, and the partitions with it: nothing can be committed any more. */
  lost(): void
  notice(line: string): void
  /** The place cannot be taken or kept at the moment, or can again. */
  readonly hinder: Hinder
  free(subject: unknown): void
}

/** Keeps a place in a group, from the first join to `close`, whatever protocol the group speaks. */
export abstract class Keeper {
  protected readonly signal = new Signal()
  protected isClosed = false
  /** Failures in a row. */
  protected attempts = 0
  private polledAtMs: number

  constructor(
    protected readonly coordinator: Coordinator,
    private readonly place: KeptPlace,
    protected readonly settings: GroupSettings,
    protected readonly clock: Clock,
    protected readonly keeperWork: KeeperWork,
  ) {
    this.polledAtMs = clock.now()
  }

  /** The reader is alive. Without this for max.poll.interval.ms the place is given up until it comes again. */
  poll(nowMs: number): void {
    const wasAway = this.wasAway(nowMs)
    this.polledAtMs = nowMs
    if (wasAway) this.signal.notify()
  }

  /** Ends when `close` is called. Throws KafkaError for what no further try can mend. */
  async run(): Promise<void> {
    while (!this.isClosed) {
      try {
        await this.keep()
      } catch (error) {
        if (this.isClosed) return
        await this.recover(error)
      }
    }
  }

  /** The coordinator has answered as it should. */
  protected succeed(): void {
    this.attempts = 0
    this.keeperWork.free(this)
  }

  /** Gives the place up. Does not wait for what is under way. */
  async close(timeoutMs: number): Promise<void> {
    this.isClosed = true
    this.signal.notify()
    if (this.coordinator.isKnown) await this.place.leave('the consumer is being closed', timeoutMs)
  }

  /**
   * Takes the place if there is none, and keeps it for a while. What it throws is mended where it can be, and it is
   * called again.
   */
  protected abstract keep(): Promise<void>

  /** The place has to be taken again, for this reason. */
  protected abstract rejoin(reason: string): void

  protected get isAway(): boolean {
    return this.wasAway(this.clock.now())
  }

  /** The reader has not asked for records for too long: others get its partitions until it does. */
  protected async stepAside(): Promise<void> {
    this.keeperWork.notice(
      `Nothing was read for max.poll.interval.ms (${this.settings.maxPollIntervalMs} ms); leaving the group until reading goes on`,
    )
    this.keeperWork.lost()
    await this.place.leave('max.poll.interval.ms has passed', this.settings.sessionTimeoutMs)
    while (!this.isClosed && this.isAway) await this.signal.wait(this.clock, Infinity)
    this.rejoin('reading goes on')
  }

  private wasAway(nowMs: number): boolean {
    return nowMs - this.polledAtMs > this.settings.maxPollIntervalMs
  }

  /** Brings things back to where `keep` can go on. Throws what it cannot mend. */
  private async recover(error: unknown): Promise<void> {
    if (!(error instanceof EnvironmentError || error instanceof KafkaError)) throw error
    const reaction = error instanceof KafkaError ? reactionTo(error.code) : 'find-coordinator'
    if (reaction === 'give-up') throw error
    // What a coordinator refuses for a moment is how groups go.
    this.keeperWork.hinder(this, error.message, { atOnce: error instanceof EnvironmentError })
    if (reaction === 'find-coordinator') this.coordinator.forget()
    if (reaction === 'rejoin') this.rejoin('the group is being rebalanced')
    if (reaction === 'rejoin-as-new') {
      this.place.reset()
      this.keeperWork.lost()
      this.rejoin(`the place was lost (${(error as KafkaError).code})`)
    }
    this.attempts += 1
    // The first time at once: being told to join again is no failure.
    const isPrompt = this.attempts === 1 && reaction.startsWith('rejoin')
    if (!isPrompt) await this.signal.wait(this.clock, this.settings.retryBackoffMs)
  }
}
