import { ListTransactions, type ListTransactionsResponse } from '../../protocol/apis/list-transactions.ts'
import type { Input } from '../../protocol/schema.ts'
import { handle } from '../handle.ts'
import { coordinated } from './shared/coordinated.ts'

export const listTransactions = handle(
  ListTransactions,
  ({ stateFilters, producerIdFilters, durationFilter, transactionalIdPattern }, { broker }) =>
    coordinated(
      (): Input<ListTransactionsResponse> => {
        const { unknownStates, transactions } = broker.transactions.list({
          states: stateFilters,
          producerIds: producerIdFilters,
          durationMs: durationFilter,
          idPattern: transactionalIdPattern,
        })
        return { unknownStateFilters: unknownStates, transactionStates: transactions }
      },
      ({ errorCode }) => ({ errorCode }),
      () => broker.transactions.awaitCommitOfAll(),
    ),
)
