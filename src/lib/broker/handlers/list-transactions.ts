import { ListTransactions, type ListTransactionsResponse } from '../../protocol/apis/list-transactions.ts'
import type { Input } from '../../protocol/schema.ts'
import { handle } from '../handle.ts'
import { coordinated } from './shared/coordinated.ts'

export const listTransactions = handle(
  ListTransactions,
  'each',
  ({ stateFilters, producerIdFilters, durationFilter, transactionalIdPattern }, context) => {
    const { broker } = context
    return coordinated(
      (): Input<ListTransactionsResponse> => {
        const { unknownStates, transactions } = broker.transactions.list({
          states: stateFilters,
          producerIds: producerIdFilters,
          durationMs: durationFilter,
          idPattern: transactionalIdPattern,
        })
        return {
          unknownStateFilters: unknownStates,
          transactionStates: transactions.filter(({ transactionalId }) =>
            context.isAllowed('DESCRIBE', 'TRANSACTIONAL_ID', transactionalId),
          ),
        }
      },
      ({ errorCode }) => ({ errorCode }),
      () => broker.transactions.awaitCommitOfAll(),
    )
  },
)
