import { KafkaError } from '../../../errors.ts'
import { Heartbeat } from '../../../protocol/apis/heartbeat.ts'
import { JoinGroup, type JoinGroupResponse } from '../../../protocol/apis/join-group.ts'
import { LeaveGroup } from '../../../protocol/apis/leave-group.ts'
import { SyncGroup } from '../../../protocol/apis/sync-group.ts'
import { errorName } from '../../../protocol/errors.ts'
import type { TopicPartition } from '../../topic-partition.ts'
import type { Assignments, GroupMemberInfo } from '../assignors/index.ts'
import { CONSUMER_PROTOCOL_TYPE } from '../../../protocol/consumer-protocol.ts'
import { decodeAssignment, decodeSubscription, encodeAssignment, ifReadable } from '../consumer-protocol.ts'
import type { Coordinator } from '../../coordinator.ts'
import { checkGroupError } from '../errors.ts'
import type { Membership } from '../membership.ts'
import type { GroupSettings } from '../settings.ts'

/** Long polls of the join must not hold up heartbeats and commits. */
const JOIN_LANE = 'group-join'
const HEARTBEAT_LANE = 'group-heartbeat'

export interface ProtocolOffer {
  readonly name: string
  readonly metadata: Buffer
}

export interface Joined {
  readonly isLeader: boolean
  /** The assignor that all members have in common. */
  readonly protocolName: string
  /** All members whose subscription can be read; only the leader is told. */
  readonly members: readonly GroupMemberInfo[]
  /** The others, by their member ids: nobody knows what they want. */
  readonly unreadable: readonly string[]
  /** A static leader that has come back: the old assignment stands (KIP-814). */
  readonly skipsAssignment: boolean
}

/**
 * A membership of the classic protocol: the member id, the generation, and the requests that carry them. Errors come
 * as KafkaError.
 */
export class ClassicMembership implements Membership {
  memberId = ''
  generation = -1

  constructor(
    private readonly coordinator: Coordinator,
    private readonly settings: GroupSettings,
  ) {}

  reset(): void {
    this.memberId = ''
    this.generation = -1
  }

  /** Returns when all members have joined, or the rebalance timeout has passed for those that have not. */
  async join(protocols: readonly ProtocolOffer[], reason: string): Promise<Joined> {
    const { groupId, groupInstanceId, sessionTimeoutMs, maxPollIntervalMs } = this.settings
    const response = await this.coordinator.send(
      JoinGroup,
      {
        groupId,
        sessionTimeoutMs,
        rebalanceTimeoutMs: maxPollIntervalMs,
        memberId: this.memberId,
        groupInstanceId,
        protocolType: CONSUMER_PROTOCOL_TYPE,
        protocols,
        reason,
      },
      { lane: JOIN_LANE },
    )
    if (errorName(response.errorCode) === 'MEMBER_ID_REQUIRED') {
      // KIP-394: a new member is given its id first, and joins with it.
      this.memberId = response.memberId
      return this.join(protocols, reason)
    }
    checkGroupError(response.errorCode, groupId, 'join')
    this.memberId = response.memberId
    this.generation = response.generationId
    return joined(response)
  }

  /** The leader brings the assignments of all; everybody gets their own. */
  async sync(protocolName: string, assignments: Assignments): Promise<TopicPartition[]> {
    const { groupId, groupInstanceId } = this.settings
    const response = await this.coordinator.send(
      SyncGroup,
      {
        groupId,
        generationId: this.generation,
        memberId: this.memberId,
        groupInstanceId,
        protocolType: CONSUMER_PROTOCOL_TYPE,
        protocolName,
        assignments: [...assignments].map(([memberId, partitions]) => ({
          memberId,
          assignment: encodeAssignment(partitions),
        })),
      },
      { lane: JOIN_LANE },
    )
    checkGroupError(response.errorCode, groupId, 'join')
    const assigned = ifReadable(decodeAssignment, response.assignment)
    if (assigned) return assigned
    throw new KafkaError(
      'INCONSISTENT_GROUP_PROTOCOL',
      `Cannot join group "${groupId}": what its leader has assigned to this member (${this.memberId}) cannot be read; is the leader a consumer of another make?`,
    )
  }

  async heartbeat(): Promise<void> {
    const { groupId, groupInstanceId, sessionTimeoutMs } = this.settings
    const response = await this.coordinator.send(
      Heartbeat,
      {
        groupId,
        generationId: this.generation,
        memberId: this.memberId,
        groupInstanceId,
      },
      { lane: HEARTBEAT_LANE, timeoutMs: sessionTimeoutMs },
    )
    checkGroupError(response.errorCode, groupId, 'stay in')
  }

  /**
   * A static member stays a member when it goes, unless its settings say otherwise: that is what its instance id is
   * for.
   */
  async leave(reason: string, timeoutMs: number): Promise<void> {
    const { groupId, groupInstanceId, leavesWhenStatic = false } = this.settings
    const { memberId } = this
    this.reset()
    if (memberId === '' || (groupInstanceId !== null && !leavesWhenStatic)) return
    const isBatched = (await this.coordinator.version(LeaveGroup)) >= 3
    await this.coordinator.send(
      LeaveGroup,
      isBatched ? { groupId, members: [{ memberId, groupInstanceId, reason }] } : { groupId, memberId },
      {
        lane: HEARTBEAT_LANE,
        timeoutMs,
      },
    )
  }
}

function joined(response: JoinGroupResponse): Joined {
  const members = response.members.map(({ memberId, groupInstanceId, metadata }) => ({
    memberId,
    groupInstanceId,
    subscription: ifReadable(decodeSubscription, metadata),
  }))
  return {
    isLeader: response.leader === response.memberId,
    protocolName: response.protocolName ?? '',
    members: members.flatMap(({ subscription, ...member }) => (subscription ? [{ ...member, ...subscription }] : [])),
    unreadable: members.filter(({ subscription }) => !subscription).map(({ memberId }) => memberId),
    skipsAssignment: response.skipAssignment,
  }
}
