import {
  abortTransaction,
  describeProducers,
  type PartitionProducers,
  type ProducerState,
  type TransactionToAbort,
} from '../../lib/client/admin/describe-producers.ts'
import {
  describeTransactions,
  fenceProducer,
  type DescribedTransaction,
  type TransactionDescription,
} from '../../lib/client/admin/describe-transactions.ts'
import { asKafkaError, namedError } from '../../lib/client/admin/item-error.ts'
import { partitionName, type TopicPartition } from '../../lib/client/topic-partition.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Context, Result } from '../../lib/command/define.ts'
import { confirm } from '../../lib/work/confirm.ts'
import { asError } from '../../lib/work/failures.ts'
import { NOTHING_DONE, showPlanOfOne } from '../../lib/work/outcomes.ts'
import type { Order } from '../../lib/work/with-cluster.ts'
import { KafkaError } from '../../lib/errors.ts'
import type { TransactionsValues } from './options.ts'

/** Ends a transaction in one partition. Throws KafkaError. */
export async function abort(client: KafkaClient, order: Order<TransactionsValues>): Promise<Result> {
  const { values, context, connection } = order
  const transaction =
    values.startOffset === undefined ? asGiven(values) : await findAt(client, order, values.startOffset)
  const name = `the transaction of producer ${transaction.producerId} in ${partitionName(transaction)}`
  if (values.dryRun) return planAbort(client, transaction, name, order)
  if (!(await confirm({ question: `Abort ${name}` }, { values, context, connection }))) return NOTHING_DONE
  const error = await abortTransaction(client, transaction, context)
  if (error) throw await asError({ what: `Cannot abort ${name}`, error, topic: transaction.topic }, { client, context })
  return { data: transaction, text: () => '', table: () => `Aborted ${name}.\n` }
}

async function planAbort(
  client: KafkaClient,
  transaction: TransactionToAbort,
  name: string,
  order: Order<TransactionsValues>,
): Promise<Result> {
  const producers = await producersOf(client, transaction, order.context)
  const open = producers.find(
    ({ producerId, transactionStart }) => producerId === transaction.producerId && transactionStart !== null,
  )
  if (!open)
    throw await asError(
      { what: `Cannot abort ${name}`, error: namedError('INVALID_TXN_STATE', 'It has none open there') },
      { client, context: order.context },
    )
  return showPlanOfOne({
    data: { ...transaction, startOffset: open.transactionStart },
    sentence: `Would abort ${name}, open since offset ${open.transactionStart}.`,
  })
}

/** A coordinator epoch of -1 is that of a producer that has never ended a transaction: 0 fits all brokers then. */
const asGiven = ({
  topic,
  partition,
  producerId,
  producerEpoch,
  coordinatorEpoch,
}: TransactionsValues): TransactionToAbort => ({
  topic: topic!,
  partition: partition!,
  producerId: BigInt(producerId!),
  producerEpoch: producerEpoch!,
  coordinatorEpoch: Math.max(coordinatorEpoch!, 0),
})

async function findAt(
  client: KafkaClient,
  { values: { topic, partition }, context }: Order<TransactionsValues>,
  startOffset: number,
): Promise<TransactionToAbort> {
  const place = { topic: topic!, partition: partition! }
  const found = (await producersOf(client, place, context)).find(
    ({ transactionStart }) => transactionStart === BigInt(startOffset),
  )
  if (!found)
    throw new KafkaError(
      'INVALID_TXN_STATE',
      `No open transaction begins at offset ${startOffset} of ${partitionName(place)}; kts transactions find-hanging shows those that hang`,
    )
  const { producerId, producerEpoch, coordinatorEpoch } = found
  return { ...place, producerId, producerEpoch, coordinatorEpoch: Math.max(coordinatorEpoch, 0) }
}

async function producersOf(
  client: KafkaClient,
  place: TopicPartition,
  context: Context,
): Promise<readonly ProducerState[]> {
  const [{ producers, error }] = (await describeProducers(client, [place])) as [PartitionProducers]
  if (error)
    throw await asError(
      { what: `Cannot describe the producers of ${partitionName(place)}`, error, topic: place.topic },
      { client, context },
    )
  return producers
}

/** Throws KafkaError. Apache's tool makes an id that is not there; under kts that is a slip. */
export async function forceTerminate(
  client: KafkaClient,
  transactionalId: string,
  { values, context, connection }: Order<TransactionsValues>,
): Promise<Result> {
  if (context.style === 'kts') {
    const [{ description, error }] = (await describeTransactions(client, [transactionalId], context)) as [
      DescribedTransaction,
    ]
    if (error) throw asKafkaError(error, `Cannot end the transaction of "${transactionalId}"`)
    if (values.dryRun) return planTermination(transactionalId, description!)
  }
  const deed = { question: `Abort what "${transactionalId}" has open, and shut its producer out` }
  if (!(await confirm(deed, { values, context, connection })))
    return { data: { transactionalId, terminated: false }, text: () => '' }
  const error = await fenceProducer(client, transactionalId, context)
  if (error) throw asKafkaError(error, `Cannot end the transaction of "${transactionalId}"`)
  return {
    data: { transactionalId, terminated: true },
    text: () => '',
    table: () => `What "${transactionalId}" had open is aborted, and its producer is shut out.\n`,
  }
}

function planTermination(transactionalId: string, { state, partitions }: TransactionDescription): Result {
  const isOpen = state === 'Ongoing'
  const what = isOpen
    ? ` and abort what it has open in ${partitions.map(partitionName).join(', ')}`
    : ', which has nothing open'
  const sentence = `Would shut out the producer of "${transactionalId}"${what}.`
  return showPlanOfOne({
    data: { transactionalId, terminated: false, state, partitions: isOpen ? partitions : [] },
    sentence,
  })
}
