import { KafkaError } from '../../errors.ts'
import { TxnOffsetCommit, type TxnOffsetCommitRequest } from '../../protocol/apis/txn-offset-commit.ts'
import { ERRORS, type ErrorName } from '../../protocol/errors.ts'
import { OFFSETS_TOPIC } from '../../protocol/topic-names.ts'
import { handle, type RequestContext } from '../handle.ts'
import { joinTransaction } from '../state/coordinators/join-transaction.ts'
import { whenDone } from '../state/turns.ts'
import { callerOf, coordinated } from './shared/coordinated.ts'

/** From this version on the commit itself makes the group part of the transaction (KIP-890). */
const JOINS_FROM = 5
/** The first version whose clients know TRANSACTION_ABORTABLE. */
const ABORTABLE_FROM = 4

/** Offsets that count when the transaction commits. */
export const txnOffsetCommit = handle(TxnOffsetCommit, 'each', (request, context) => {
  const { cluster } = context.broker
  const refused = refusalOf(request, context)
  const problemOf = (topic: string, partition: number): ErrorName | null => {
    if (refused) return refused
    if (!context.isAllowed('READ', 'TOPIC', topic)) return 'TOPIC_AUTHORIZATION_FAILED'
    return cluster.topic(topic)?.partitions[partition] ? null : 'UNKNOWN_TOPIC_OR_PARTITION'
  }
  const wanted = request.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map((partition) => ({ ...partition, problem: problemOf(name, partition.partitionIndex) })),
  }))
  const partitions = wanted.flatMap(({ name, partitions }) =>
    partitions
      .filter(({ problem }) => problem === null)
      .map(({ partitionIndex, committedOffset, committedLeaderEpoch, committedMetadata }) => ({
        topic: name,
        partition: partitionIndex,
        offset: committedOffset,
        leaderEpoch: committedLeaderEpoch,
        metadata: committedMetadata,
      })),
  )
  return whenDone(partitions.length === 0 ? [] : commitAll(request, context, partitions), (errors) => {
    let next = 0
    return {
      topics: wanted.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partitionIndex, problem }) => ({
          partitionIndex,
          errorCode: ERRORS[problem ?? errors[next++]!],
        })),
      })),
    }
  })
})

/** Why nothing of the request can be done, if so. */
function refusalOf({ transactionalId, groupId }: TxnOffsetCommitRequest, context: RequestContext): ErrorName | null {
  if (!context.isAllowed('WRITE', 'TRANSACTIONAL_ID', transactionalId)) return 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED'
  return context.isAllowed('READ', 'GROUP', groupId) ? null : 'GROUP_AUTHORIZATION_FAILED'
}

type PartitionCommit = Parameters<RequestContext['broker']['groups']['commitOffsets']>[0]['partitions'][number]

/** When the group or the transaction refuses, it refuses them all. */
function commitAll(
  request: TxnOffsetCommitRequest,
  context: RequestContext,
  partitions: readonly PartitionCommit[],
): ErrorName[] | Promise<ErrorName[]> {
  const { groupId, memberId, groupInstanceId, generationId, transactionalId, producerId, producerEpoch } = request
  const { broker, header } = context
  return coordinated(
    () => {
      if (groupId === '') throw new KafkaError('INVALID_GROUP_ID')
      const offsetsPartition = broker.groups.partitionFor(groupId)
      const client = { joins: header.apiVersion >= JOINS_FROM, knowsAbortable: header.apiVersion >= ABORTABLE_FROM }
      const joined = joinTransaction(
        broker,
        { transactionalId, producerId, producerEpoch },
        [[OFFSETS_TOPIC, offsetsPartition]],
        client,
      )
      return whenDone(joined, ([refusal]) => {
        if (refusal) throw refusal
        return broker.groups.commitOffsets(
          {
            groupId,
            memberId,
            groupInstanceId,
            partitions,
            generationIdOrMemberEpoch: generationId,
            retentionTimeMs: -1n,
            transaction: { producerId, producerEpoch },
          },
          callerOf(context),
        )
      })
    },
    ({ error }) => partitions.map(() => error),
    () => broker.groups.awaitCommit(groupId),
  )
}
