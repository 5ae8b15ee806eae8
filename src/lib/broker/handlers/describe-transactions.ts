import { DescribeTransactions, type DescribeTransactionsResponse } from '../../protocol/apis/describe-transactions.ts'
import type { Input } from '../../protocol/schema.ts'
import { handle } from '../handle.ts'
import type { Broker } from '../state/broker.ts'
import { coordinated } from './shared/coordinated.ts'
import { inTurns } from '../state/turns.ts'

type State = Input<DescribeTransactionsResponse['transactionStates'][number]>

export const describeTransactions = handle(DescribeTransactions, async ({ transactionalIds }, { broker }) => ({
  transactionStates: await inTurns(
    broker.turns,
    [...new Set(transactionalIds)],
    (transactionalId): State | Promise<State> =>
      coordinated(
        () => describe(broker, transactionalId),
        ({ errorCode }) => ({ transactionalId, errorCode }),
        () => broker.transactions.awaitCommit(transactionalId),
      ),
  ),
}))

function describe(broker: Broker, transactionalId: string): State {
  const { producerId, producerEpoch, status, timeoutMs, startTimestamp, partitions } =
    broker.transactions.describe(transactionalId)
  return {
    transactionalId,
    producerId,
    producerEpoch,
    transactionState: status,
    transactionTimeoutMs: timeoutMs,
    transactionStartTimeMs: BigInt(startTimestamp),
    topics: [...partitions.byTopic()].map(([topic, ids]) => ({ topic, partitions: [...ids] })),
  }
}
