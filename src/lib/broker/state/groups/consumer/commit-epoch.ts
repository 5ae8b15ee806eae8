import { KafkaError } from '../../../../errors.ts'
import type { Caller } from '../caller.ts'
import type { GroupContext } from '../group-context.ts'
import { namesNoMember, type OffsetsToCommit } from '../offsets/commit.ts'
import type { ConsumerGroup } from './group.ts'
import type { ConsumerMember } from './member.ts'

/** Older versions of OffsetCommit have no error that tells a consumer to catch up. */
const CONSUMER_COMMITS_FROM = 9

/**
 * Whether a commit to a consumer group is let in. One of an earlier epoch is, if the member has had all of its
 * partitions since that epoch or before (KIP-1251).
 */
export function requireCommitEpoch(
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

/** Those who are no members may read offsets, as admins do. */
export function requireFetchEpoch(group: ConsumerGroup, memberId: string | null, memberEpoch: number): void {
  if (memberId === null && memberEpoch < 0) return
  const member = group.requireMember(memberId ?? '')
  if (memberEpoch !== member.memberEpoch) throw staleEpoch(member)
}

const staleEpoch = ({ classic }: ConsumerMember): KafkaError =>
  new KafkaError(classic ? 'ILLEGAL_GENERATION' : 'STALE_MEMBER_EPOCH')
