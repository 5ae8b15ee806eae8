import { KafkaError } from '../../../../errors.ts'
import type { ErrorName } from '../../../../protocol/errors.ts'
import { ZERO_UUID } from '../../../../protocol/schema.ts'
import type { TransactionOwner } from '../../coordination/state-topic.ts'
import type { Caller } from '../caller.ts'
import type { ClassicGroup } from '../classic/group.ts'
import { expectHeartbeat } from '../classic/rebalance.ts'
import { commit } from '../commit.ts'
import type { ConsumerGroup } from '../consumer/group.ts'
import { staleEpoch } from '../consumer/member.ts'
import type { GroupContext } from '../group-context.ts'
import type { GroupRecord } from '../records.ts'

export interface PartitionCommit {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  readonly leaderEpoch: number
  readonly metadata: string | null
}

export interface OffsetsToCommit {
  readonly groupId: string
  readonly memberId: string
  readonly groupInstanceId: string | null
  /** Generation of a classic member, epoch of a consumer; -1 from one that is no member of the group. */
  readonly generationIdOrMemberEpoch: number
  /** -1n for the broker's retention. */
  readonly retentionTimeMs: bigint
  /** The producer in whose transaction the offsets are committed (TxnOffsetCommit). */
  readonly transaction?: TransactionOwner
  /** Partitions that exist. */
  readonly partitions: readonly PartitionCommit[]
}

/** From this version of OffsetCommit on, a group that is not there has an error of its own. */
const GROUP_ID_NOT_FOUND_FROM = 9
/** Older versions have no error that tells a consumer to catch up. */
const CONSUMER_COMMITS_FROM = 9
const NO_RETENTION = -1n
const MAX_INT64 = 2n ** 63n - 1n

/**
 * Writes offsets, and answers with an error for each partition in the order of the request.
 * Throws KafkaError when the group refuses the member or the records could not be written: then nothing is committed.
 */
export function commitOffsets(context: GroupContext, request: OffsetsToCommit, caller: Caller): ErrorName[] {
  requireCommit(context, request, caller)
  const isTooLarge = ({ metadata }: PartitionCommit): boolean =>
    (metadata ?? '').length > context.settings.offsetMetadataMaxBytes
  const now = context.clock.now()
  const accepted = request.partitions.filter((partition) => !isTooLarge(partition))
  commit(
    context,
    request.groupId,
    accepted.map((partition) => offsetCommit(context, request, partition, now)),
    request.transaction,
  )
  return request.partitions.map((partition) => (isTooLarge(partition) ? 'OFFSET_METADATA_TOO_LARGE' : 'NONE'))
}

function requireCommit(context: GroupContext, request: OffsetsToCommit, caller: Caller): void {
  const group = context.groups.get(request.groupId)
  if (group?.type === 'consumer') return requireConsumerCommit(context, group, request, caller)
  if (group) return requireClassicCommit(context, group, request)
  // Without a group only one that manages its own partitions may commit: a simple group comes into being.
  if (request.generationIdOrMemberEpoch < 0) return
  throw new KafkaError(
    !request.transaction && caller.apiVersion >= GROUP_ID_NOT_FOUND_FROM ? 'GROUP_ID_NOT_FOUND' : 'ILLEGAL_GENERATION',
  )
}

/** In the classic protocol a commit is a sign of life as a heartbeat is, but not one of a producer's. */
function requireClassicCommit(context: GroupContext, group: ClassicGroup, request: OffsetsToCommit): void {
  const { memberId, groupInstanceId, generationIdOrMemberEpoch: generationId, transaction } = request
  if (generationId < 0 && group.isEmpty) return
  if (transaction && namesNoMember(request)) return
  if (generationId < 0 && memberId === '' && groupInstanceId === null) throw new KafkaError('UNKNOWN_MEMBER_ID')
  const member = group.requireMember(memberId, groupInstanceId)
  if (generationId !== group.generationId) throw new KafkaError('ILLEGAL_GENERATION')
  if (transaction) return
  if (group.isIn('CompletingRebalance')) throw new KafkaError('REBALANCE_IN_PROGRESS')
  expectHeartbeat(context, group, member)
}

/**
 * Whether a commit to a consumer group is let in. One of an earlier epoch is, if the member has had all of its
 * partitions since that epoch or before (KIP-1251).
 */
function requireConsumerCommit(
  context: GroupContext,
  group: ConsumerGroup,
  request: OffsetsToCommit,
  caller: Caller,
): void {
  const { memberId, generationIdOrMemberEpoch: epoch, transaction } = request
  if (epoch < 0 && group.isEmpty) return
  if (transaction && namesNoMember(request)) return
  const member = group.requireMember(memberId)
  if (!transaction && !member.classic && caller.apiVersion < CONSUMER_COMMITS_FROM)
    throw new KafkaError('UNSUPPORTED_VERSION')
  if (epoch === member.memberEpoch) return
  const isCurrent =
    epoch < member.memberEpoch &&
    request.partitions.every(({ topic, partition }) => {
      const topicId = context.topics.topicId(topic) ?? ''
      const since =
        member.assigned.get(topicId)?.get(partition) ?? member.pendingRevocation.get(topicId)?.get(partition)
      return since !== undefined && epoch >= since
    })
  if (!isCurrent) throw transaction ? new KafkaError('ILLEGAL_GENERATION') : staleEpoch(member)
}

/** Older producers say nothing of the consumer for which they commit. */
function namesNoMember({ memberId, groupInstanceId, generationIdOrMemberEpoch }: OffsetsToCommit): boolean {
  return generationIdOrMemberEpoch === -1 && memberId === '' && groupInstanceId === null
}

/** -1n for the broker's retention. What lies past the end of time is its end. */
function expiryOf(retentionTimeMs: bigint, now: number): bigint {
  if (retentionTimeMs === NO_RETENTION) return NO_RETENTION
  const expiry = BigInt(now) + retentionTimeMs
  return expiry > MAX_INT64 ? MAX_INT64 : expiry
}

function offsetCommit(
  context: GroupContext,
  request: OffsetsToCommit,
  commit: PartitionCommit,
  now: number,
): GroupRecord {
  const { topic, partition, offset, leaderEpoch, metadata } = commit
  return {
    kind: 'OffsetCommit',
    key: { group: request.groupId, topic, partition },
    value: {
      offset,
      leaderEpoch,
      metadata: metadata ?? '',
      commitTimestamp: BigInt(now),
      expireTimestamp: expiryOf(request.retentionTimeMs, now),
      topicId: context.topics.topicId(topic) ?? ZERO_UUID,
    },
  }
}
