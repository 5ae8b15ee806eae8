import { Member, type MemberListener } from '../member.ts'
import type { ConsumerMembership, PartitionsById, Report } from './membership.ts'

export interface ConsumerMemberListener extends MemberListener {
  subscribedTopics(): readonly string[]
  /**
   * Gives partitions up and takes others; returns those of `target` that are held then, which are all unless their
   * topics are not known yet.
   */
  reconcile(target: PartitionsById): Promise<PartitionsById>
}

const NOTHING: PartitionsById = []

/** Sends heartbeats, does what their answers ask for, and says when it is done (KIP-848, the member's side). */
export class ConsumerMember extends Member<ConsumerMembership, ConsumerMemberListener> {
  /** What the group knows this member to hold, or will as soon as it can be told. */
  private held = NOTHING
  /** What the member is to hold; undefined once it does. */
  private target: PartitionsById | undefined
  private isReconciling = false
  /** Some topics of the target are not known: nothing more can be done before metadata comes. */
  private isWaiting = false
  private failure: { readonly error: unknown } | undefined
  /** Times that the group had to be joined again: what was begun before counts for nothing then. */
  private rejoins = 0

  /** Fresh metadata has come: topics may have appeared. */
  update(): void {
    this.isWaiting = false
    this.signal.notify()
  }

  protected rejoin(): void {
    this.rejoins += 1
    this.held = NOTHING
    this.target = undefined
    this.isReconciling = false
    this.isWaiting = false
    this.failure = undefined
  }

  protected async participate(): Promise<void> {
    if (this.isAway) await this.leaveWhileAway()
    if (this.isClosed) return
    this.throwFailure()
    const target = await this.membership.heartbeat(this.report())
    this.succeed()
    if (target) {
      this.target = target
      this.isWaiting = false
    }
    await this.pause()
  }

  private report(): Report {
    return { topics: this.listener.subscribedTopics(), held: this.held }
  }

  /** Beside the heartbeats, which go on however long the output takes to settle. */
  private reconcile(): void {
    const { target, rejoins } = this
    if (!target || this.isReconciling || this.isWaiting) return
    this.isReconciling = true
    const finish = (act: () => void): void => {
      if (rejoins !== this.rejoins) return
      this.isReconciling = false
      act()
      this.signal.notify()
    }
    this.listener.reconcile(target).then(
      (held) =>
        finish(() => {
          this.held = held
          if (this.target !== target) return
          if (held.length === target.length) this.target = undefined
          else this.isWaiting = true
        }),
      (error: unknown) =>
        finish(() => {
          this.failure = { error }
        }),
    )
  }

  /** Until it is time for the next heartbeat, or there is something to say or to do. */
  private async pause(): Promise<void> {
    const dueAtMs = this.clock.now() + this.membership.heartbeatIntervalMs
    for (
      let nowMs = this.clock.now();
      nowMs < dueAtMs && !this.isClosed && !this.isAway && !this.hasNews();
      nowMs = this.clock.now()
    ) {
      this.reconcile()
      await this.signal.wait(this.clock, dueAtMs - nowMs)
    }
  }

  private hasNews(): boolean {
    return this.failure !== undefined || this.membership.isNews(this.report())
  }

  private throwFailure(): void {
    const { failure } = this
    this.failure = undefined
    if (failure) throw failure.error
  }
}
