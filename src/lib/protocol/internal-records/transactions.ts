import { array, int16, int32, int64, int8, nullableArray, string } from '../schema.ts'
import { coordinatorRecord, recordTypes } from './coordinator-record.ts'

export const TRANSACTION_LOG = coordinatorRecord(
  0,
  'TRANSACTION_LOG',
  '0-1',
  '1+',
  { transactionalId: string('0+') },
  {
    producerId: int64('0+'),
    previousProducerId: int64('1+', { default: -1n, tag: 0 }),
    nextProducerId: int64('1+', { default: -1n, tag: 1 }),
    producerEpoch: int16('0+'),
    nextProducerEpoch: int16('1+', { default: -1, tag: 3 }),
    transactionTimeoutMs: int32('0+'),
    transactionStatus: int8('0+'),
    transactionPartitions: nullableArray(
      '0+',
      '0+',
      {
        topic: string('0+'),
        partitionIds: array('0+', int32('0+')),
      },
      { default: [] },
    ),
    transactionLastUpdateTimestampMs: int64('0+'),
    transactionStartTimestampMs: int64('0+'),
    clientTransactionVersion: int16('1+', { tag: 2 }),
  },
)

/** `__transaction_state`. */
export const TRANSACTION_RECORDS = recordTypes(TRANSACTION_LOG)
