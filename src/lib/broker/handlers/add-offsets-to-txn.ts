import { AddOffsetsToTxn } from '../../protocol/apis/add-offsets-to-txn.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { OFFSETS_TOPIC } from '../../protocol/topic-names.ts'
import { handle } from '../handle.ts'
import { PartitionSet } from '../state/transactions/partition-set.ts'
import { coordinated, fencedCode } from './shared/coordinated.ts'
import { requireRight } from './shared/rights.ts'

/** The first version whose clients know PRODUCER_FENCED. */
const FENCED_FROM = 2

/**
 * Makes the group's partition of the offsets topic part of the transaction. Clients of transactions version 2 do
 * without.
 */
export const addOffsetsToTxn = handle(AddOffsetsToTxn, 'each', ({ groupId, ...producer }, context) => {
  const { broker, header } = context
  return coordinated(
    () => {
      requireRight(context, 'WRITE', 'TRANSACTIONAL_ID', producer.transactionalId)
      requireRight(context, 'READ', 'GROUP', groupId)
      const partitions = PartitionSet.of([[OFFSETS_TOPIC, [broker.groups.partitionFor(groupId)]]])
      broker.transactions.addPartitions({ ...producer, partitions }, 0)
      return { errorCode: ERRORS.NONE as number }
    },
    ({ error }) => ({ errorCode: fencedCode(error, header.apiVersion >= FENCED_FROM) }),
    () => broker.transactions.awaitCommit(producer.transactionalId),
  )
})
