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
export const txnOffsetCommit = handle(TxnOffsetCommit, (request, context) => {
  const { cluster } = context.broker
  const exists = (topic: string, partition: number): boolean =>
    cluster.topic(topic)?.partitions[partition] !== undefined
  const wanted = request.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map((partition) => ({ ...partition, isThere: exists(name, partition.partitionIndex) })),
  }))
  const partitions = wanted.flatMap(({ name, partitions }) =>
    partitions
      .filter(({ isThere }) => isThere)
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
        partitions: partitions.map(({ partitionIndex, isThere }) => ({
          partitionIndex,
          errorCode: ERRORS[isThere ? errors[next++]! : 'UNKNOWN_TOPIC_OR_PARTITION'],
        })),
      })),
    }
  })
})

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
