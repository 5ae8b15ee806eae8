import type { ShardKind } from '../coordination/shards.ts'
import { complete } from './complete.ts'
import { TRANSACTION_CODEC, type TransactionRecord } from './records.ts'
import { scheduleChores } from './schedules.ts'
import type { SharedTransactionContext, TransactionContext } from './transaction-context.ts'

/** How the transactions of one partition are taken up, and let go. */
export const transactionShards = (
  shared: SharedTransactionContext,
): ShardKind<TransactionRecord, TransactionContext> => ({
  codec: TRANSACTION_CODEC,
  open: (shard) => ({ ...shared, ...shard, transactions: new Map(), unmarked: new Map() }),
  replay({ transactions }, entry) {
    if (entry.type === 'end') return
    const { transactionalId, transaction } = entry.record
    if (transaction) transactions.set(transactionalId, transaction)
    else transactions.delete(transactionalId)
  },
  start: goOn,
  close: ({ transactions }) => transactions.clear(),
})

/** Brings to their end the transactions whose outcome the coordinator before has decided. */
function goOn(context: TransactionContext): void {
  const { transactions, noteProducerId } = context
  for (const { producerId, nextProducerId } of transactions.values())
    noteProducerId(producerId > nextProducerId ? producerId : nextProducerId)
  for (const transactionalId of [...transactions.keys()]) complete(context, transactionalId)
  scheduleChores(context)
}
