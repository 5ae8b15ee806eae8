import { api, type ResponseOf } from '../api.ts'
import { array, int16, int32, int64, nullableString, string } from '../schema.ts'

export const ListTransactions = api(66, 'ListTransactions', {
  versions: '0-2',
  flexible: '0+',
  request: {
    stateFilters: array('0+', string('0+')),
    producerIdFilters: array('0+', int64('0+')),
    durationFilter: int64('1+', { default: -1n }),
    transactionalIdPattern: nullableString('2+', '2+'),
  },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    unknownStateFilters: array('0+', string('0+')),
    transactionStates: array('0+', {
      transactionalId: string('0+'),
      producerId: int64('0+'),
      transactionState: string('0+'),
    }),
  },
})

export type ListTransactionsResponse = ResponseOf<typeof ListTransactions>
