import { MalformedError } from '../../../errors.ts'
import { TRANSACTION_LOG } from '../../../protocol/internal-records/transactions.ts'
import { NO_PRODUCER_EPOCH, NO_PRODUCER_ID } from '../../../protocol/records/index.ts'
import type { StateCodec } from '../coordination/coordinator-log.ts'
import { RecordCodec, type RecordValue } from '../coordination/record-codec.ts'
import { requireSense, requireTime } from '../coordination/sense.ts'
import { PartitionSet } from './partition-set.ts'
import { STATUSES, type Transaction } from './transaction.ts'

/** What has become of a transactional id; null when it is forgotten. */
export interface TransactionRecord {
  readonly transactionalId: string
  readonly transaction: Transaction | null
}

const RECORDS = { TransactionLog: TRANSACTION_LOG }

type Value = RecordValue<typeof RECORDS, 'TransactionLog'>

/** The version that Kafka 4.3 writes: the first one that can be added to (KIP-915). */
const VALUE_VERSION = 1

const codec = new RecordCodec(RECORDS)

/** Between transactions and the records of `__transaction_state`. */
export const TRANSACTION_CODEC: StateCodec<TransactionRecord> = {
  encode: ({ transactionalId, transaction }) =>
    codec.encode(
      { kind: 'TransactionLog', key: { transactionalId }, value: transaction && toValue(transaction) },
      VALUE_VERSION,
    ),
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
    transactionPartitions:
      status === 'Empty' ? null : [...partitions.byTopic()].map(([topic, ids]) => ({ topic, partitionIds: [...ids] })),
    transactionLastUpdateTimestampMs: BigInt(transaction.lastUpdateTimestamp),
    transactionStartTimestampMs: BigInt(transaction.startTimestamp),
    clientTransactionVersion: transaction.clientVersion,
  }
}

/** Whoever may write to the topic can write what no coordinator would, and what nobody could act on. */
function checkValue(transactionalId: string, value: Value): void {
  const { producerId, previousProducerId, nextProducerId, producerEpoch, transactionTimeoutMs } = value
  requireSense(transactionalId !== '', 'a transaction without an id')
  requireSense(
    producerId >= 0n && previousProducerId >= NO_PRODUCER_ID && nextProducerId >= NO_PRODUCER_ID,
    `a producer id of ${producerId}`,
  )
  requireSense(
    producerEpoch >= NO_PRODUCER_EPOCH && transactionTimeoutMs >= 0,
    `an epoch of ${producerEpoch}, a timeout of ${transactionTimeoutMs}`,
  )
  requireTime('start time', value.transactionStartTimestampMs)
  requireTime('time of its last change', value.transactionLastUpdateTimestampMs)
  for (const { partitionIds } of value.transactionPartitions ?? []) {
    for (const partition of partitionIds) requireSense(partition >= 0, `partition ${partition}`)
  }
}

function fromValue(transactionalId: string, value: Value): Transaction {
  const status = STATUSES[value.transactionStatus]
  if (!status)
    throw new MalformedError(`the transaction ${transactionalId} is said to be in state ${value.transactionStatus}`)
  checkValue(transactionalId, value)
  return {
    transactionalId,
    status,
    producerId: value.producerId,
    previousProducerId: value.previousProducerId,
    nextProducerId: value.nextProducerId,
    producerEpoch: value.producerEpoch,
    lastProducerEpoch: NO_PRODUCER_EPOCH,
    timeoutMs: value.transactionTimeoutMs,
    partitions: PartitionSet.of(
      (value.transactionPartitions ?? []).map(({ topic, partitionIds }) => [topic, partitionIds] as const),
    ),
    startTimestamp: Number(value.transactionStartTimestampMs),
    lastUpdateTimestamp: Number(value.transactionLastUpdateTimestampMs),
    clientVersion: value.clientTransactionVersion,
  }
}
