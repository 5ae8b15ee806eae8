import { DescribeTransactions, type DescribeTransactionsResponse } from '../../protocol/apis/describe-transactions.ts'
import type { Input } from '../../protocol/schema.ts'
import { handle, type RequestContext } from '../handle.ts'
import { coordinated } from './shared/coordinated.ts'
import { requireRight } from './shared/rights.ts'
import { inTurns } from '../state/turns.ts'

type State = Input<DescribeTransactionsResponse['transactionStates'][number]>

export const describeTransactions = handle(DescribeTransactions, 'each', async ({ transactionalIds }, context) => ({
  transactionStates: await inTurns(
    context.broker.turns,
    [...new Set(transactionalIds)],
    (transactionalId): State | Promise<State> =>
      coordinated(
        () => describe(context, transactionalId),
        ({ errorCode }) => ({ transactionalId, errorCode }),
        () => context.broker.transactions.awaitCommit(transactionalId),
      ),
  ),
}))

/** Topics that who asks may not describe are left out. */
function describe(context: RequestContext, transactionalId: string): State {
  requireRight(context, 'DESCRIBE', 'TRANSACTIONAL_ID', transactionalId)
  const { producerId, producerEpoch, status, timeoutMs, startTimestamp, partitions } =
    context.broker.transactions.describe(transactionalId)
  return {
    transactionalId,
    producerId,
    producerEpoch,
    transactionState: status,
    transactionTimeoutMs: timeoutMs,
    transactionStartTimeMs: BigInt(startTimestamp),
    topics: [...partitions.byTopic()]
      .filter(([topic]) => context.isAllowed('DESCRIBE', 'TOPIC', topic))
      .map(([topic, ids]) => ({ topic, partitions: [...ids] })),
  }
}
