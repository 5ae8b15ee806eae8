import { OffsetCommit, type OffsetCommitRequest } from '../../protocol/apis/offset-commit.ts'
import { ERRORS, type ErrorName } from '../../protocol/errors.ts'
import { handle, type RequestContext } from '../handle.ts'
import type { PartitionCommit } from '../state/groups/offsets/commit.ts'
import { whenDone } from '../state/turns.ts'
import { findTopic } from './shared/find-topic.ts'
import { callerOf, coordinated } from './shared/coordinated.ts'

type TopicRequest = OffsetCommitRequest['topics'][number]
type PartitionRequest = TopicRequest['partitions'][number]

/** One partition of the request: what is to be committed, or why it cannot be. */
type Wanted = { readonly commit: PartitionCommit } | { readonly refused: ErrorName }

export const offsetCommit = handle(OffsetCommit, 'each', (request, context) => {
  const isMember = context.isAllowed('READ', 'GROUP', request.groupId)
  const wanted = request.topics.map((topic) =>
    topic.partitions.map(
      (partition): Wanted => (isMember ? want(context, topic, partition) : { refused: 'GROUP_AUTHORIZATION_FAILED' }),
    ),
  )
  const commits = wanted.flat().flatMap((each) => ('commit' in each ? [each.commit] : []))
  return whenDone(commits.length === 0 ? [] : commitAll(request, context, commits), (errors) => {
    let next = 0
    const codeOf = (each: Wanted): number => ERRORS['commit' in each ? errors[next++]! : each.refused]
    const topics = request.topics.map(({ name, topicId, partitions }, topic) => ({
      name,
      topicId,
      partitions: partitions.map(({ partitionIndex }, partition) => ({
        partitionIndex,
        errorCode: codeOf(wanted[topic]![partition]!),
      })),
    }))
    return { topics }
  })
})

function want(context: RequestContext, { name, topicId }: TopicRequest, partition: PartitionRequest): Wanted {
  const topic = findTopic(context, 'READ', name, topicId)
  if (typeof topic === 'string') return { refused: topic }
  const { partitionIndex, committedOffset, committedLeaderEpoch, committedMetadata } = partition
  if (!topic.partitions[partitionIndex]) return { refused: 'UNKNOWN_TOPIC_OR_PARTITION' }
  return {
    commit: {
      topic: topic.name,
      partition: partitionIndex,
      offset: committedOffset,
      leaderEpoch: committedLeaderEpoch,
      metadata: committedMetadata,
    },
  }
}

/** When the group refuses, it refuses them all. */
function commitAll(
  request: OffsetCommitRequest,
  context: RequestContext,
  partitions: readonly PartitionCommit[],
): ErrorName[] | Promise<ErrorName[]> {
  const { groupId, memberId, groupInstanceId, generationIdOrMemberEpoch, retentionTimeMs } = request
  const offsets = { groupId, memberId, groupInstanceId, generationIdOrMemberEpoch, retentionTimeMs, partitions }
  return coordinated(
    () => context.broker.groups.commitOffsets(offsets, callerOf(context)),
    ({ error }) => partitions.map(() => error),
    () => context.broker.groups.awaitCommit(groupId),
  )
}
