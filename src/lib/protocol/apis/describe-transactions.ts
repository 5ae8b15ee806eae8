import { api, type ResponseOf } from '../api.ts'
import { array, int16, int32, int64, string } from '../schema.ts'

export const DescribeTransactions = api(65, 'DescribeTransactions', {
  versions: '0',
  flexible: '0+',
  request: { transactionalIds: array('0+', string('0+')) },
  response: {
    throttleTimeMs: int32('0+'),
    transactionStates: array('0+', {
      errorCode: int16('0+'),
      transactionalId: string('0+'),
      transactionState: string('0+'),
      transactionTimeoutMs: int32('0+'),
      transactionStartTimeMs: int64('0+'),
      producerId: int64('0+'),
      producerEpoch: int16('0+'),
      topics: array('0+', { topic: string('0+'), partitions: array('0+', int32('0+')) }),
    }),
  },
})

export type DescribeTransactionsResponse = ResponseOf<typeof DescribeTransactions>
