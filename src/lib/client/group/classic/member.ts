import { KafkaError } from '../../../errors.ts'
import type { TopicPartition } from '../../topic-partition.ts'
import type { Assignments, Assignor, GroupMemberInfo } from '../assignors/index.ts'
import { Member, type MemberListener } from '../member.ts'
import type { ClassicMembership, Joined, ProtocolOffer } from './membership.ts'

export interface ClassicMemberListener extends MemberListener {
  /**
   * Everybody is to join again: settle what has been read and, where the assignors ask for it, let go of all
   * partitions.
   */
  prepare(): Promise<void>
  offers(): ProtocolOffer[]
  /** As the leader: deals the partitions out. */
  assign(assignor: Assignor, members: readonly GroupMemberInfo[]): Promise<Assignments>
  /** The new partitions; true when partitions were given up, so that all must join once more (KIP-429). */
  assigned(partitions: readonly TopicPartition[], assignor: Assignor): Promise<boolean>
}

/** The first heartbeat of a generation comes after this part of heartbeat.interval.ms. */
const FIRST_HEARTBEAT_PART = 1 / 8

/** Joins, syncs, sends heartbeats, and begins again when the group asks for it. */
export class ClassicMember extends Member<ClassicMembership, ClassicMemberListener> {
  /** Why everybody has to join again; undefined while all is well. */
  private rejoinReason: string | undefined = 'the first join'
  private readonly passedOver = new Set<string>()
  private untilHeartbeatMs = 0

  rejoin(reason: string): void {
    this.rejoinReason ??= reason
    this.signal.notify()
  }

  protected async participate(): Promise<void> {
    if (this.rejoinReason !== undefined) await this.joinGroup(this.rejoinReason)
    await this.sendHeartbeats()
  }

  private async joinGroup(reason: string): Promise<void> {
    await this.heartbeatDuring(this.listener.prepare())
    if (this.isClosed) return
    this.rejoinReason = undefined
    try {
      const { isLeader, protocolName, members, unreadable, skipsAssignment } = await this.join(reason)
      const assignor = this.assignorNamed(protocolName)
      this.passOver(unreadable)
      const assignments: Assignments =
        isLeader && !skipsAssignment ? await this.listener.assign(assignor, members) : new Map()
      const partitions = await this.membership.sync(protocolName, assignments)
      if (this.isClosed) return
      this.succeed()
      this.untilHeartbeatMs = this.settings.heartbeatIntervalMs * FIRST_HEARTBEAT_PART
      if (await this.listener.assigned(partitions, assignor)) this.rejoin('partitions were given up for others')
    } catch (error) {
      this.rejoinReason ??= reason
      throw error
    }
  }

  /** Answered once the other members have joined as well, or have been away for too long. */
  private async join(reason: string): Promise<Joined> {
    const { groupId, maxPollIntervalMs } = this.settings
    const waiting = {}
    this.listener.hinder(waiting, `Group "${groupId}" has not let this member in yet`, {
      outlook: `waiting for its other members to join again, max.poll.interval.ms (${maxPollIntervalMs} ms) at most`,
      atOnce: false,
    })
    try {
      return await this.membership.join(this.listener.offers(), reason)
    } finally {
      this.listener.free(waiting)
    }
  }

  /** Members that get nothing, since it cannot be read what they want. Each is named once. */
  private passOver(memberIds: readonly string[]): void {
    for (const memberId of memberIds) {
      if (this.passedOver.has(memberId)) continue
      this.passedOver.add(memberId)
      this.listener.notice(
        `The subscription of member ${memberId} of group "${this.settings.groupId}" cannot be read; it is given no partitions`,
      )
    }
  }

  /**
   * Heartbeats, until there is a reason to join again. A group that has just changed is likely to change again, as when
   * many members start one after the other, and who is in it hears of that by a heartbeat: the first ones come sooner,
   * each after twice the time of the one before, until it is heartbeat.interval.ms.
   */
  private async sendHeartbeats(): Promise<void> {
    while (!this.isClosed && this.rejoinReason === undefined) {
      await this.signal.wait(this.clock, this.untilHeartbeatMs)
      this.untilHeartbeatMs = Math.min(2 * this.untilHeartbeatMs, this.settings.heartbeatIntervalMs)
      if (this.isClosed || this.rejoinReason !== undefined) return
      if (this.isAway) await this.leaveWhileAway()
      else await this.heartbeat()
    }
  }

  private async heartbeat(): Promise<void> {
    await this.membership.heartbeat()
    this.succeed()
  }

  /** Stays in the group while the reader settles, however long its output takes. */
  private async heartbeatDuring(settling: Promise<void>): Promise<void> {
    let isSettled = false
    const settled = settling.finally(() => {
      isSettled = true
      this.signal.notify()
    })
    settled.catch(() => {})
    while (!isSettled && !this.isClosed) {
      await this.signal.wait(this.clock, this.settings.heartbeatIntervalMs)
      // What the group says is known already: it wants everybody to join.
      if (!isSettled && !this.isClosed && this.membership.generation >= 0)
        await this.membership.heartbeat().catch(() => {})
    }
    if (isSettled) await settled
  }

  private assignorNamed(name: string): Assignor {
    const assignor = this.settings.assignors.find((candidate) => candidate.name === name)
    if (!assignor)
      throw new KafkaError(
        'INCONSISTENT_GROUP_PROTOCOL',
        `Group "${this.settings.groupId}" has chosen the assignor ${name}, which this member did not offer`,
      )
    return assignor
  }
}
