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
import type { Group, GroupContext, SharedGroupContext } from './group-context.ts'
import { groupShards } from './load.ts'
import { commitOffsets, type OffsetsToCommit } from './offsets/commit.ts'
import { deleteOffsets, forgetTopic, offsetTombstones, type DeletedTopic } from './offsets/delete.ts'
import {
  fetchAllOffsets,
  fetchOffsets,
  requireReader,
  type FetchedPartition,
  type OffsetReader,
} from './offsets/fetch.ts'
import type { GroupRecord } from './records.ts'
import type { GroupOverrides, GroupSettings } from './settings.ts'
import { Shards } from '../coordination/shards.ts'
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
  /** See ShardsOptions. */
  readonly pause?: () => Promise<void> | undefined
}

/**
 * Coordinates the groups whose partition of the state topic this node leads: who is in them, what they read, how far
 * they have come. Every method throws KafkaError with the code to answer with, NOT_COORDINATOR for groups of others.
 */
export class GroupCoordinator {
  private readonly shared: SharedGroupContext
  private readonly shards: Shards<GroupRecord, GroupContext>

  constructor({
    clock,
    settings,
    topics,
    stateTopic,
    overrides = () => ({}),
    warn = () => {},
    info,
    pause = () => undefined,
  }: GroupCoordinatorOptions) {
    this.shared = { clock, settings, topics, overrides }
    this.shards = new Shards(groupShards(this.shared, info), { clock, stateTopic, warn, pause })
  }

  /** Takes up the groups that this node coordinates. Throws KafkaError when the disk refuses. */
  load(): void {
    this.shards.start()
  }

  /** Answers all requests that wait, and takes no more. */
  close(): void {
    this.shards.close()
  }

  /**
   * The partition of the state topic that a group belongs to; its leader is the group's coordinator. Makes the topic if
   * need be.
   */
  partitionFor(groupId: string): number {
    return this.shards.partitionFor(groupId)
  }

  /** See Shards.awaitCommit. */
  awaitCommit(groupId: string): undefined | Promise<void> {
    return this.shards.awaitCommit(groupId)
  }

  /** See Shards.awaitCommitOfAll. */
  awaitCommitOfAll(): undefined | Promise<unknown> {
    return this.shards.awaitCommitOfAll()
  }

  joinGroup(request: JoinGroupRequest, caller: Caller): JoinAnswer | Promise<JoinAnswer> {
    requireGroupId(request.groupId)
    const { minSessionTimeoutMs, maxSessionTimeoutMs } = this.shared.settings
    if (request.sessionTimeoutMs < minSessionTimeoutMs || request.sessionTimeoutMs > maxSessionTimeoutMs)
      throw new KafkaError('INVALID_SESSION_TIMEOUT')
    const context = this.shards.toWrite(request.groupId)
    const group = context.groups.get(request.groupId)
    // Copies: members stay for long, and what goes out in an answer is memory that is used again.
    const owned = {
      ...request,
      protocols: request.protocols.map(({ name, metadata }) => ({ name, metadata: Buffer.from(metadata) })),
    }
    return group?.type === 'consumer' && !group.isEmpty
      ? joinConsumerGroup(context, group, owned, caller)
      : joinClassicGroup(context, owned, caller)
  }

  syncGroup(request: SyncGroupRequest): SyncAnswer | Promise<SyncAnswer> {
    const context = this.shards.of(requireGroupId(request.groupId))
    const group = requireMembers(context.groups.get(request.groupId))
    return group.type === 'consumer'
      ? syncConsumerGroup(context, group, request)
      : syncClassicGroup(context, group, request)
  }

  heartbeat(request: HeartbeatRequest): void {
    const context = this.shards.of(requireGroupId(request.groupId))
    const group = requireMembers(context.groups.get(request.groupId))
    if (group.type === 'consumer') heartbeatAsClassic(context, group, request)
    else heartbeatClassicGroup(context, group, request)
  }

  leaveGroup(groupId: string, members: readonly LeavingMember[]): LeftMember[] {
    const context = this.shards.of(requireGroupId(groupId))
    const group = context.groups.get(groupId)
    if (!group)
      return members.map(({ memberId, groupInstanceId }) => ({ memberId, groupInstanceId, error: 'UNKNOWN_MEMBER_ID' }))
    return group.type === 'consumer'
      ? leaveConsumerGroup(context, group, members)
      : leaveClassicGroup(context, group, members)
  }

  consumerGroupHeartbeat(request: ConsumerGroupHeartbeatRequest, caller: Caller): ConsumerHeartbeatAnswer {
    return heartbeatConsumerGroup(this.shards.toWrite(request.groupId), request, caller)
  }

  /** An error for each partition, in the order of the request. */
  commitOffsets(request: OffsetsToCommit, caller: Caller): ErrorName[] {
    return commitOffsets(this.shards.toWrite(request.groupId), request, caller)
  }

  /**
   * Writes the end of a transaction into a partition of the state topic, and does what it says. Throws KafkaError
   * NOT_COORDINATOR and COORDINATOR_LOAD_IN_PROGRESS, and what `write` throws.
   */
  endTransaction(partition: number, producerId: bigint, committed: boolean, write: () => void): void {
    const { offsets } = this.shards.at(partition)
    write()
    offsets.endTransaction(producerId, committed)
  }

  fetchOffsets(reader: OffsetReader, topic: string, partitions: readonly number[]): FetchedPartition[] {
    const context = this.shards.of(reader.groupId)
    requireReader(context, reader)
    return fetchOffsets(context, reader, topic, partitions)
  }

  fetchAllOffsets(reader: OffsetReader): { name: string; partitions: FetchedPartition[] }[] {
    const context = this.shards.of(reader.groupId)
    requireReader(context, reader)
    return fetchAllOffsets(context, reader)
  }

  deleteOffsets(groupId: string, topics: Parameters<typeof deleteOffsets>[2]): DeletedTopic[] {
    return deleteOffsets(this.shards.of(requireGroupId(groupId)), groupId, topics)
  }

  /** Erases a group and its offsets. Throws KafkaError GROUP_ID_NOT_FOUND, NON_EMPTY_GROUP. */
  deleteGroup(groupId: string): void {
    const context = this.shards.of(groupId)
    const group = context.groups.get(groupId)
    if (!group) throw new KafkaError('GROUP_ID_NOT_FOUND')
    if (!group.isEmpty) throw new KafkaError('NON_EMPTY_GROUP')
    commit(context, groupId, [...offsetTombstones(context, groupId), ...group.tombstones()])
  }

  listGroups(filter: GroupFilter): ListedGroup[] {
    return this.shards.all().flatMap(({ groups }) => listGroups(groups.values(), filter))
  }

  /** Throws KafkaError GROUP_ID_NOT_FOUND for what is not there or is a consumer group. */
  describeGroup(groupId: string): DescribedGroup {
    return describeAsClassic(groupId, this.shards.of(groupId).groups.get(groupId))
  }

  /** Throws KafkaError GROUP_ID_NOT_FOUND for what is not there or is a classic group. */
  describeConsumerGroup(groupId: string): DescribedConsumerGroup {
    const context = this.shards.of(requireGroupId(groupId))
    return describeAsConsumer(context, groupId, context.groups.get(groupId))
  }

  /** Forgets what groups have committed in a topic that is gone. */
  onTopicDeleted(topic: string): void {
    for (const context of this.shards.loaded()) forgetTopic(context, topic)
  }

  /** Topics have come, gone or grown: consumer groups look at theirs with the next heartbeat. */
  onMetadataChanged(): void {
    for (const { groups } of this.shards.loaded())
      for (const group of groups.values()) if (group.type === 'consumer') group.isMetadataStale = true
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
