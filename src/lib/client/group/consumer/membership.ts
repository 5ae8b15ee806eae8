import {
  ConsumerGroupHeartbeat,
  JOIN_EPOCH,
  LEAVE_EPOCH,
  LEAVE_STATIC_EPOCH,
  type ConsumerGroupHeartbeatRequest,
} from '../../../protocol/apis/consumer-group-heartbeat.ts'
import { randomUuid } from '../../../protocol/uuid.ts'
import type { Coordinator } from '../../coordinator.ts'
import { checkGroupError } from '../errors.ts'
import type { Membership } from '../membership.ts'
import type { GroupSettings } from '../settings.ts'

/** Partitions by the ids of their topics. */
export type PartitionsById = ConsumerGroupHeartbeatRequest['topicPartitions'] & {}

/** What a member tells its group. */
export interface Report {
  readonly topics: readonly string[]
  readonly held: PartitionsById
}

const LANE = 'group-heartbeat'

/**
 * A membership of the consumer protocol (KIP-848): the member id, its epoch, and the heartbeat that carries all the
 * rest.
 */
export class ConsumerMembership implements Membership {
  memberId = ''
  generation = -1
  /** The group's own setting, as of the last heartbeat. */
  heartbeatIntervalMs = 5000
  private said: Report | undefined

  constructor(
    private readonly coordinator: Coordinator,
    private readonly settings: GroupSettings,
  ) {}

  reset(): void {
    this.generation = -1
    this.said = undefined
  }

  /** Whether the group has not been told yet. */
  isNews({ topics, held }: Report): boolean {
    return this.said?.held !== held || this.said.topics.join() !== topics.join()
  }

  /**
   * Joins, or stays in the group; says what has changed. Returns the partitions that the member is to hold, undefined
   * when they are the same as before. Throws KafkaError.
   */
  async heartbeat(report: Report): Promise<PartitionsById | undefined> {
    const { groupId, groupInstanceId } = this.settings
    if (this.memberId === '' && (await this.coordinator.version(ConsumerGroupHeartbeat)) >= 1)
      // Members choose their id themselves from version 1 on (KIP-1082), in the form of Kafka's UUIDs.
      this.memberId = randomUuid()
    const { said } = this
    // An answer that is lost leaves open what the group knows.
    this.said = undefined
    const response = await this.coordinator.send(
      ConsumerGroupHeartbeat,
      {
        groupId,
        memberId: this.memberId,
        instanceId: groupInstanceId,
        ...(this.generation < 0
          ? this.introduction(report)
          : {
              memberEpoch: this.generation,
              subscribedTopicNames: said?.topics.join() === report.topics.join() ? null : report.topics,
              topicPartitions: said?.held === report.held ? null : report.held,
            }),
      },
      { lane: LANE },
    )
    checkGroupError(response.errorCode, groupId, this.generation < 0 ? 'join' : 'stay in', response.errorMessage)
    this.said = report
    this.memberId = response.memberId ?? this.memberId
    this.generation = response.memberEpoch
    this.heartbeatIntervalMs = response.heartbeatIntervalMs
    return response.assignment?.topicPartitions
  }

  /**
   * A static member stays a member for the session timeout unless its settings say otherwise: that is what its
   * instance id is for.
   */
  async leave(_reason: string, timeoutMs: number): Promise<void> {
    const isMember = this.generation >= 0
    this.reset()
    if (!isMember) return
    const { groupId, groupInstanceId, leavesWhenStatic = false } = this.settings
    const memberEpoch = groupInstanceId === null || leavesWhenStatic ? LEAVE_EPOCH : LEAVE_STATIC_EPOCH
    await this.coordinator.send(
      ConsumerGroupHeartbeat,
      {
        groupId,
        memberId: this.memberId,
        instanceId: groupInstanceId,
        memberEpoch,
      },
      { lane: LANE, timeoutMs },
    )
  }

  private introduction({ topics }: Report) {
    const { maxPollIntervalMs, rackId, remoteAssignor } = this.settings
    return {
      memberEpoch: JOIN_EPOCH,
      rebalanceTimeoutMs: maxPollIntervalMs,
      rackId,
      serverAssignor: remoteAssignor,
      subscribedTopicNames: topics,
      topicPartitions: [],
    }
  }
}
