import { MalformedError } from '../../../errors.ts'
import { NO_PRODUCER_EPOCH } from '../../../protocol/records/index.ts'
import type { StateCodec } from '../coordination/coordinator-log.ts'
import { RecordCodec, type RecordValue } from '../coordination/record-codec.ts'
import { PartitionSet } from './partition-set.ts'
import { RECORD_SCHEMAS } from './record-schemas.ts'
import { STATUSES, type Transaction } from './transaction.ts'

/** What has become of a transactional id; null when it is forgotten. */
export interface TransactionRecord {
  readonly transactionalId: string
  readonly transaction: Transaction | null
}

type Value = RecordValue<typeof RECORD_SCHEMAS, 'TransactionLog'>

/** The version that Kafka 4.3 writes: the first one that can be added to (KIP-915). */
const VALUE_VERSION = 1

const codec = new RecordCodec(RECORD_SCHEMAS)

/** Between transactions and the records of `__transaction_state`. */
export const TRANSACTION_CODEC: StateCodec<TransactionRecord> = {
  encode: ({ transactionalId, transaction }) =>
    codec.encode({ kind: 'TransactionLog', key: { transactionalId }, value: transaction && toValue(transaction) }, VALUE_VERSION),
  decode(stored) {
    const record = codec.decode(stored)
    if (!record) return null
    const { transactionalId } = record.key
    return { transactionalId, transaction: record.value && fromValue(transactionalId, record.value) }
  },
}

/** An empty transaction has no list of partitions, which is not an empty one (TransactionLog.valueToBytes). */
function toValue(transaction: Transaction): Value {
  const { status, partitions } = transaction
  return {
    producerId: transaction.producerId,
    previousProducerId: transaction.previousProducerId,
    nextProducerId: transaction.nextProducerId,
    producerEpoch: transaction.producerEpoch,
    nextProducerEpoch: NO_PRODUCER_EPOCH,
    transactionTimeoutMs: transaction.timeoutMs,
    transactionStatus: STATUSES.indexOf(status),
    transactionPartitions: status === 'Empty' ? null : [...partitions.byTopic()].map(([topic, ids]) => ({ topic, partitionIds: [...ids] })),
    transactionLastUpdateTimestampMs: BigInt(transaction.lastUpdateTimestamp),
    transactionStartTimestampMs: BigInt(transaction.startTimestamp),
    clientTransactionVersion: transaction.clientVersion,
  }
}

function fromValue(transactionalId: string, value: Value): Transaction {
  const status = STATUSES[value.transactionStatus]
  if (!status) throw new MalformedError(`the transaction ${transactionalId} is said to be in state ${value.transactionStatus}`)
  return {
    transactionalId, status,
    producerId: value.producerId,
    previousProducerId: value.previousProducerId,
    nextProducerId: value.nextProducerId,
    producerEpoch: value.producerEpoch,
    lastProducerEpoch: NO_PRODUCER_EPOCH,
    timeoutMs: value.transactionTimeoutMs,
    partitions: PartitionSet.of((value.transactionPartitions ?? []).map(({ topic, partitionIds }) => [topic, partitionIds] as const)),
    startTimestamp: Number(value.transactionStartTimestampMs),
    lastUpdateTimestamp: Number(value.transactionLastUpdateTimestampMs),
    clientVersion: value.clientTransactionVersion,
  }
}
