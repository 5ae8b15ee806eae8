import { EndTxn, type EndTxnResponse } from '../../protocol/apis/end-txn.ts'
import type { Input } from '../../protocol/schema.ts'
import { handle } from '../handle.ts'
import { EPOCH_BUMP_VERSION } from '../state/transactions/transaction.ts'
import { coordinated, fencedCode } from './shared/coordinated.ts'
import { requireRight } from './shared/rights.ts'

/** The first version whose clients know PRODUCER_FENCED. */
const FENCED_FROM = 2
/** From this version on the end of a transaction raises the epoch. */
const EPOCH_BUMP_FROM = 5

export const endTxn = handle(EndTxn, 'each', (request, context) => {
  const {
    broker,
    header: { apiVersion },
  } = context
  return coordinated(
    (): Input<EndTxnResponse> => {
      requireRight(context, 'WRITE', 'TRANSACTIONAL_ID', request.transactionalId)
      return broker.transactions.endTransaction({
        ...request,
        clientVersion: apiVersion >= EPOCH_BUMP_FROM ? EPOCH_BUMP_VERSION : 0,
      })
    },
    ({ error }) => ({ errorCode: fencedCode(error, apiVersion >= FENCED_FROM) }),
    () => broker.transactions.awaitCommit(request.transactionalId),
  )
})
