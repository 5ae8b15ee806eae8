import { abortTransaction, describeProducers, type TransactionToAbort } from '../../lib/client/admin/describe-producers.ts'
import { describeTransactions, fenceProducer } from '../../lib/client/admin/describe-transactions.ts'
import { asKafkaError } from '../../lib/client/admin/item-error.ts'
import { partitionName } from '../../lib/client/admin/leaders.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Context, Result } from '../../lib/command/define.ts'
import { KafkaError } from '../../lib/errors.ts'
import type { TransactionsValues } from './options.ts'

/** Ends a transaction in one partition. Throws KafkaError. */
export async function abort(client: KafkaClient, values: TransactionsValues, { clock }: Context): Promise<Result> {
  const transaction = values.startOffset === undefined ? asGiven(values) : await findAt(client, values, values.startOffset)
  const error = await abortTransaction(client, transaction, { clock })
  if (error) throw asKafkaError(error, `Cannot abort the transaction of producer ${transaction.producerId} in ${partitionName(transaction)}`)
  return { data: transaction, text: () => '', table: () => `Aborted the transaction of producer ${transaction.producerId} in ${partitionName(transaction)}.\n` }
}

/** A coordinator epoch of -1 is that of a producer that has never ended a transaction: 0 fits all brokers then. */
const asGiven = ({ topic, partition, producerId, producerEpoch, coordinatorEpoch }: TransactionsValues): TransactionToAbort => ({
  topic: topic!, partition: partition!, producerId: BigInt(producerId!), producerEpoch: producerEpoch!, coordinatorEpoch: Math.max(coordinatorEpoch!, 0),
})

async function findAt(client: KafkaClient, { topic, partition }: TransactionsValues, startOffset: number): Promise<TransactionToAbort> {
  const place = { topic: topic!, partition: partition! }
  const [{ producers, error }] = await describeProducers(client, [place]) as [Awaited<ReturnType<typeof describeProducers>>[number]]
  if (error) throw asKafkaError(error, `Cannot describe the producers of ${partitionName(place)}`)
  const found = producers.find(({ transactionStart }) => transactionStart === BigInt(startOffset))
  if (!found) throw new KafkaError('INVALID_TXN_STATE', `No open transaction begins at offset ${startOffset} of ${partitionName(place)}; kts transactions find-hanging shows those that hang`)
  const { producerId, producerEpoch, coordinatorEpoch } = found
  return { ...place, producerId, producerEpoch, coordinatorEpoch: Math.max(coordinatorEpoch, 0) }
}

/** Throws KafkaError. Apache's tool makes an id that is not there; under kts that is a slip. */
export async function forceTerminate(client: KafkaClient, transactionalId: string, { clock, style }: Context): Promise<Result> {
  if (style === 'kts') {
    const [described] = await describeTransactions(client, [transactionalId], { clock })
    if (described!.error) throw asKafkaError(described!.error, `Cannot end the transaction of "${transactionalId}"`)
  }
  const error = await fenceProducer(client, transactionalId, { clock })
  if (error) throw asKafkaError(error, `Cannot end the transaction of "${transactionalId}"`)
  return { data: { transactionalId, terminated: true }, text: () => '', table: () => `What "${transactionalId}" had open is aborted, and its producer is shut out.\n` }
}
