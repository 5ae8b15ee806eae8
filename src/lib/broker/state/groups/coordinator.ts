import type { Clock } from '../../../clock.ts'
import { KafkaError } from '../../../errors.ts'
import type { ConsumerGroupHeartbeatRequest } from '../../../protocol/apis/consumer-group-heartbeat.ts'
import type { HeartbeatRequest } from '../../../protocol/apis/heartbeat.ts'
import type { JoinGroupRequest } from '../../../protocol/apis/join-group.ts'
import type { SyncGroupRequest } from '../../../protocol/apis/sync-group.ts'
import type { ErrorName } from '../../../protocol/errors.ts'
import type { Caller } from './caller.ts'
import { heartbeatClassicGroup } from './classic/heartbeat.ts'
import { joinClassicGroup } from './classic/join.ts'
import { leaveClassicGroup, type LeavingMember, type LeftMember } from './classic/leave.ts'
import type { JoinAnswer, SyncAnswer } from './classic/member.ts'
import { syncClassicGroup } from './classic/sync.ts'
import { joinConsumerGroup } from './consumer/classic-join.ts'
import { heartbeatAsClassic, leaveConsumerGroup, syncConsumerGroup } from './consumer/classic-requests.ts'
import { heartbeatConsumerGroup, type ConsumerHeartbeatAnswer } from './consumer/heartbeat.ts'
import { commit } from './commit.ts'
import { describeAsClassic, describeAsConsumer, listGroups, type GroupFilter, type ListedGroup } from './describe.ts'
import type { DescribedGroup } from './classic/describe.ts'
import type { DescribedConsumerGroup } from './consumer/describe.ts'
import type { Group, GroupContext } from './group-context.ts'
import { GroupReport } from './group-report.ts'
import { CoordinatorTimers } from '../coordination/timers.ts'
import { loadGroups, unloadGroups } from './load.ts'
import { commitOffsets, type OffsetsToCommit } from './offsets/commit.ts'
import { deleteOffsets, forgetTopic, offsetTombstones, type DeletedTopic } from './offsets/delete.ts'
import {
  fetchAllOffsets,
  fetchOffsets,
  requireReader,
  type FetchedPartition,
  type OffsetReader,
} from './offsets/fetch.ts'
import { OffsetStore } from './offsets/store.ts'
import { decodeRecord, encodeRecord } from './records.ts'
import { applyTransactionEnd } from './replay.ts'
import type { GroupOverrides, GroupSettings } from './settings.ts'
import { CoordinatorLog } from '../coordination/coordinator-log.ts'
import type { StateTopic } from '../coordination/state-topic.ts'
import type { TopicLookup } from './topic-lookup.ts'

export interface GroupCoordinatorOptions {
  readonly clock: Clock
  readonly settings: GroupSettings
  readonly topics: TopicLookup
  readonly stateTopic: StateTopic
  /** What is set for a group (resource type `group`) over the broker's settings. */
  readonly overrides?: (groupId: string) => GroupOverrides
  /** Told of what cannot be used of the state topic, one line. */
  readonly warn?: (line: string) => void
  /** Told of members and assignments, one line each. */
  readonly info?: (line: string) => void
}

/**
 * Coordinates the groups whose partition of the state topic this node leads: who is in them, what they read, how far
 * they have come. Every method throws KafkaError with the code to answer with, NOT_COORDINATOR for groups of others.
 */
export class GroupCoordinator {
  private readonly context: GroupContext
  private readonly info: GroupCoordinatorOptions['info']
  private isClosed = false

  constructor({
    clock,
    settings,
    topics,
    stateTopic,
    overrides = () => ({}),
    warn = () => {},
    info,
  }: GroupCoordinatorOptions) {
    this.info = info
    this.context = {
      clock,
      settings,
      topics,
      overrides,
      log: new CoordinatorLog(stateTopic, { encode: encodeRecord, decode: decodeRecord }, warn),
      timers: new CoordinatorTimers(clock),
      groups: new Map(),
      offsets: new OffsetStore(),
    }
  }

  /** Reads the state topic. Throws KafkaError when the disk refuses. */
  load(): void {
    const { context, info } = this
    loadGroups(context)
    if (info) context.report = new GroupReport(info, context.topics, context.groups.values())
  }

  /** Answers all requests that wait, and takes no more. */
  close(): void {
    this.isClosed = true
    unloadGroups(this.context)
  }

  /**
   * The partition of the state topic that a group belongs to; its leader is the group's coordinator. Makes the topic if
   * need be.
   */
  partitionFor(groupId: string): number {
    this.requireOpen()
    return this.context.log.partitionFor(groupId)
  }

  joinGroup(request: JoinGroupRequest, caller: Caller): JoinAnswer | Promise<JoinAnswer> {
    const group = this.groupOf(requireGroupId(request.groupId))
    const { minSessionTimeoutMs, maxSessionTimeoutMs } = this.context.settings
    if (request.sessionTimeoutMs < minSessionTimeoutMs || request.sessionTimeoutMs > maxSessionTimeoutMs)
      throw new KafkaError('INVALID_SESSION_TIMEOUT')
    // Copies: what came in is a view of the whole request, and members stay for long.
    const owned = {
      ...request,
      protocols: request.protocols.map(({ name, metadata }) => ({ name, metadata: Buffer.from(metadata) })),
    }
    return group?.type === 'consumer' && !group.isEmpty
      ? joinConsumerGroup(this.context, group, owned, caller)
      : joinClassicGroup(this.context, owned, caller)
  }

  syncGroup(request: SyncGroupRequest): SyncAnswer | Promise<SyncAnswer> {
    const group = requireMembers(this.groupOf(requireGroupId(request.groupId)))
    return group.type === 'consumer'
      ? syncConsumerGroup(this.context, group, request)
      : syncClassicGroup(this.context, group, request)
  }

  heartbeat(request: HeartbeatRequest): void {
    const group = requireMembers(this.groupOf(requireGroupId(request.groupId)))
    if (group.type === 'consumer') heartbeatAsClassic(this.context, group, request)
    else heartbeatClassicGroup(this.context, group, request)
  }

  leaveGroup(groupId: string, members: readonly LeavingMember[]): LeftMember[] {
    const group = this.groupOf(requireGroupId(groupId))
    if (!group)
      return members.map(({ memberId, groupInstanceId }) => ({ memberId, groupInstanceId, error: 'UNKNOWN_MEMBER_ID' }))
    return group.type === 'consumer'
      ? leaveConsumerGroup(this.context, group, members)
      : leaveClassicGroup(this.context, group, members)
  }

  consumerGroupHeartbeat(request: ConsumerGroupHeartbeatRequest, caller: Caller): ConsumerHeartbeatAnswer {
    this.requireCoordinated(request.groupId)
    return heartbeatConsumerGroup(this.context, request, caller)
  }

  /** An error for each partition, in the order of the request. */
  commitOffsets(request: OffsetsToCommit, caller: Caller): ErrorName[] {
    this.requireCoordinated(request.groupId)
    return commitOffsets(this.context, request, caller)
  }

  /** The end of a transaction has been written into a partition of the state topic. */
  onTransactionEnded(partition: number, producerId: bigint, committed: boolean): void {
    if (!this.isClosed) applyTransactionEnd(this.context, partition, producerId, committed)
  }

  fetchOffsets(reader: OffsetReader, topic: string, partitions: readonly number[]): FetchedPartition[] {
    this.requireCoordinated(reader.groupId)
    requireReader(this.context, reader)
    return fetchOffsets(this.context, reader, topic, partitions)
  }

  fetchAllOffsets(reader: OffsetReader): { name: string; partitions: FetchedPartition[] }[] {
    this.requireCoordinated(reader.groupId)
    requireReader(this.context, reader)
    return fetchAllOffsets(this.context, reader)
  }

  deleteOffsets(groupId: string, topics: Parameters<typeof deleteOffsets>[2]): DeletedTopic[] {
    this.requireCoordinated(requireGroupId(groupId))
    return deleteOffsets(this.context, groupId, topics)
  }

  /** Erases a group and its offsets. Throws KafkaError GROUP_ID_NOT_FOUND, NON_EMPTY_GROUP. */
  deleteGroup(groupId: string): void {
    const group = this.groupOf(groupId)
    if (!group) throw new KafkaError('GROUP_ID_NOT_FOUND')
    if (!group.isEmpty) throw new KafkaError('NON_EMPTY_GROUP')
    commit(this.context, groupId, [...offsetTombstones(this.context, groupId), ...group.tombstones()])
  }

  listGroups(filter: GroupFilter): ListedGroup[] {
    this.requireOpen()
    return listGroups(this.context.groups.values(), filter)
  }

  /** Throws KafkaError GROUP_ID_NOT_FOUND for what is not there or is a consumer group. */
  describeGroup(groupId: string): DescribedGroup {
    return describeAsClassic(groupId, this.groupOf(groupId))
  }

  /** Throws KafkaError GROUP_ID_NOT_FOUND for what is not there or is a classic group. */
  describeConsumerGroup(groupId: string): DescribedConsumerGroup {
    return describeAsConsumer(this.context, groupId, this.groupOf(requireGroupId(groupId)))
  }

  /** Forgets what groups have committed in a topic that is gone. */
  onTopicDeleted(topic: string): void {
    if (!this.context.log.exists()) unloadGroups(this.context)
    else forgetTopic(this.context, topic)
  }

  /** Topics have come, gone or grown: consumer groups look at theirs with the next heartbeat. */
  onMetadataChanged(): void {
    for (const group of this.context.groups.values()) if (group.type === 'consumer') group.isMetadataStale = true
  }

  private groupOf(groupId: string): Group | undefined {
    this.requireCoordinated(groupId)
    return this.context.groups.get(groupId)
  }

  private requireCoordinated(groupId: string): void {
    this.requireOpen()
    if (!this.context.log.coordinates(groupId)) throw new KafkaError('NOT_COORDINATOR')
  }

  private requireOpen(): void {
    if (this.isClosed) throw new KafkaError('COORDINATOR_NOT_AVAILABLE')
  }
}

function requireGroupId(groupId: string): string {
  if (groupId === '') throw new KafkaError('INVALID_GROUP_ID')
  return groupId
}

function requireMembers(group: Group | undefined): Group {
  if (!group || group.isEmpty) throw new KafkaError('UNKNOWN_MEMBER_ID')
  return group
}
