import type { Clock } from '../../clock.ts'
import { EnvironmentError, KafkaError } from '../../errors.ts'
import type { TopicPartition } from '../consumer/partition-state.ts'
import { Signal } from '../consumer/signal.ts'
import type { Assignments, Assignor, GroupMemberInfo } from './assignors/index.ts'
import type { Coordinator } from './coordinator.ts'
import { reactionTo } from './errors.ts'
import type { Membership, ProtocolOffer } from './membership.ts'
import type { GroupSettings } from './settings.ts'

/** What a member does besides keeping its place. */
export interface MemberWork {
  /** Everybody is to join again: settle what has been read and, where the assignors ask for it, let go of all partitions. */
  prepare(): Promise<void>
  offers(): ProtocolOffer[]
  /** As the leader: deals the partitions out. */
  assign(assignor: Assignor, members: readonly GroupMemberInfo[]): Promise<Assignments>
  /** The new partitions; true when partitions were given up, so that all must join once more (KIP-429). */
  assigned(partitions: readonly TopicPartition[], assignor: Assignor): Promise<boolean>
  /** The place is gone, and the partitions with it: nothing can be committed any more. */
  lost(): void
  notice(line: string): void
}

/**
 * Keeps a place in a group, from the first join to `close`: joins, syncs, sends heartbeats, and begins again when the
 * group asks for it. One story, told in order by `run`.
 */
export class GroupMember {
  private readonly signal = new Signal()
  private isClosed = false
  /** Why everybody has to join again; undefined while all is well. */
  private rejoinReason: string | undefined = 'the first join'
  private polledAtMs: number
  private attempts = 0

  constructor(
    private readonly coordinator: Coordinator,
    private readonly membership: Membership,
    private readonly settings: GroupSettings,
    private readonly clock: Clock,
    private readonly work: MemberWork,
  ) {
    this.polledAtMs = clock.now()
  }

  /** The reader is alive. Without this for max.poll.interval.ms the place is given up until it comes again. */
  poll(nowMs: number): void {
    const wasAway = this.isAway(this.polledAtMs, nowMs)
    this.polledAtMs = nowMs
    if (wasAway) this.signal.notify()
  }

  rejoin(reason: string): void {
    this.rejoinReason ??= reason
    this.signal.notify()
  }

  /** Ends when `close` is called. Throws KafkaError for what no further try can mend. */
  async run(): Promise<void> {
    while (!this.isClosed) {
      try {
        if (this.rejoinReason !== undefined) await this.takePlace(this.rejoinReason)
        await this.stay()
      } catch (error) {
        if (this.isClosed) return
        await this.recover(error)
      }
    }
  }

  /** Gives the place up. Does not wait for what is under way. */
  async close(timeoutMs: number): Promise<void> {
    this.isClosed = true
    this.signal.notify()
    if (this.coordinator.isKnown) await this.membership.leave('the consumer is being closed', timeoutMs)
  }

  private async takePlace(reason: string): Promise<void> {
    await this.beatDuring(this.work.prepare())
    if (this.isClosed) return
    this.rejoinReason = undefined
    try {
      const { isLeader, protocolName, members, skipsAssignment } = await this.membership.join(this.work.offers(), reason)
      const assignor = this.assignorNamed(protocolName)
      const assignments: Assignments = isLeader && !skipsAssignment ? await this.work.assign(assignor, members) : new Map()
      const partitions = await this.membership.sync(protocolName, assignments)
      if (this.isClosed) return
      this.attempts = 0
      if (await this.work.assigned(partitions, assignor)) this.rejoin('partitions were given up for others')
    } catch (error) {
      this.rejoinReason ??= reason
      throw error
    }
  }

  /** Heartbeats, until there is a reason to join again. */
  private async stay(): Promise<void> {
    while (!this.isClosed && this.rejoinReason === undefined) {
      await this.signal.wait(this.clock, this.settings.heartbeatIntervalMs)
      if (this.isClosed || this.rejoinReason !== undefined) return
      if (this.isAway(this.polledAtMs, this.clock.now())) await this.stepAside()
      else await this.membership.heartbeat()
    }
  }

  /** Keeps the place while the reader settles, however long its output takes. */
  private async beatDuring(settling: Promise<void>): Promise<void> {
    let isSettled = false
    const settled = settling.finally(() => {
      isSettled = true
      this.signal.notify()
    })
    settled.catch(() => {})
    while (!isSettled && !this.isClosed) {
      await this.signal.wait(this.clock, this.settings.heartbeatIntervalMs)
      // What the group says is known already: it wants everybody to join.
      if (!isSettled && !this.isClosed && this.membership.generation >= 0) await this.membership.heartbeat().catch(() => {})
    }
    if (isSettled) await settled
  }

  /** The reader has not asked for records for too long: others get its partitions until it does. */
  private async stepAside(): Promise<void> {
    this.work.notice(`Nothing was read for max.poll.interval.ms (${this.settings.maxPollIntervalMs} ms); leaving the group until reading goes on`)
    this.work.lost()
    await this.membership.leave('max.poll.interval.ms has passed', this.settings.sessionTimeoutMs)
    while (!this.isClosed && this.isAway(this.polledAtMs, this.clock.now())) await this.signal.wait(this.clock, Infinity)
    this.rejoinReason ??= 'reading goes on'
  }

  private isAway(polledAtMs: number, nowMs: number): boolean {
    return nowMs - polledAtMs > this.settings.maxPollIntervalMs
  }

  /** Brings things back to where `run` can go on. Throws what it cannot mend. */
  private async recover(error: unknown): Promise<void> {
    if (error instanceof EnvironmentError) this.work.notice(`${error.message}; trying again`)
    else if (!(error instanceof KafkaError)) throw error
    const reaction = error instanceof KafkaError ? reactionTo(error.code) : 'find-coordinator'
    if (reaction === 'give-up') throw error
    if (reaction === 'find-coordinator') this.coordinator.forget()
    if (reaction === 'rejoin') this.rejoinReason ??= 'the group is being rebalanced'
    if (reaction === 'rejoin-as-new') {
      this.membership.reset()
      this.work.lost()
      this.rejoinReason ??= `the place was lost (${(error as KafkaError).code})`
    }
    this.attempts += 1
    // The first time at once: being told to join again is no failure.
    const isPrompt = this.attempts === 1 && reaction.startsWith('rejoin')
    if (!isPrompt) await this.signal.wait(this.clock, this.settings.retryBackoffMs)
  }

  private assignorNamed(name: string): Assignor {
    const assignor = this.settings.assignors.find((candidate) => candidate.name === name)
    if (!assignor) throw new KafkaError('INCONSISTENT_GROUP_PROTOCOL', `Group "${this.settings.groupId}" has chosen the assignor ${name}, which this member did not offer`)
    return assignor
  }
}
