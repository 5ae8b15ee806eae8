import type { TransactionContext } from './transaction-context.ts'
import type { Transaction } from './transaction.ts'

/** Writes a change and then makes it. Throws KafkaError when it cannot be written: then nothing has changed. */
export function commit(context: TransactionContext, transaction: Transaction): Transaction {
  const { transactionalId } = transaction
  context.log.append([{ transactionalId, transaction }])
  context.transactions.set(transactionalId, transaction)
  return transaction
}

/** Forgets a transactional id. Throws as `commit` does. */
export function forget(context: TransactionContext, transactionalId: string): void {
  context.log.append([{ transactionalId, transaction: null }])
  context.transactions.delete(transactionalId)
}
