import { abortTransaction, type TransactionToAbort } from '../../lib/client/admin/describe-producers.ts'
import {
  describeTransactions,
  fenceProducer,
  type DescribedTransaction,
  type TransactionDescription,
} from '../../lib/client/admin/describe-transactions.ts'
import { asKafkaError, namedError, type ItemError } from '../../lib/client/admin/item-error.ts'
import { partitionName } from '../../lib/client/topic-partition.ts'
import type { Result } from '../../lib/command/define.ts'
import { KafkaError } from '../../lib/errors.ts'
import { changing } from '../../lib/work/changing.ts'
import type { Action, Work } from '../../lib/work/command.ts'
import { asError, type Place } from '../../lib/work/failures.ts'
import { showPlanOfOne } from '../../lib/work/outcomes.ts'
import { checkAbort, checkId, ID, TOPIC, type TransactionsValues } from './options.ts'
import { producersOf } from './show.ts'

export const abort: Action<TransactionsValues> = {
  about: 'End a transaction in one partition.',
  words: [TOPIC],
  check: checkAbort,
  run: changing<Work<TransactionsValues>, TransactionToAbort>({
    plan: async (work) => (work.values.startOffset === undefined ? asGiven(work.values) : findAt(work)),
    preview: planAbort,
    question: (transaction) => ({ question: `Abort ${nameOf(transaction)}` }),
    async apply(work, transaction) {
      const error = await abortTransaction(work.client, transaction, work.context)
      if (error) throw await cannotAbort(transaction, error, work)
      return { data: transaction, text: () => '', table: () => `Aborted ${nameOf(transaction)}.\n` }
    },
  }),
}

async function planAbort(work: Work<TransactionsValues>, transaction: TransactionToAbort): Promise<Result> {
  const open = (await producersOf(work, transaction)).find(
    ({ producerId, transactionStart }) => producerId === transaction.producerId && transactionStart !== null,
  )
  if (!open) throw await cannotAbort(transaction, namedError('INVALID_TXN_STATE', 'It has none open there'), work)
  return showPlanOfOne({
    data: { ...transaction, startOffset: open.transactionStart },
    sentence: `Would abort ${nameOf(transaction)}, open since offset ${open.transactionStart}.`,
  })
}

const nameOf = (transaction: TransactionToAbort): string =>
  `the transaction of producer ${transaction.producerId} in ${partitionName(transaction)}`

const cannotAbort = (transaction: TransactionToAbort, error: ItemError, place: Place): Promise<KafkaError> =>
  asError({ what: `Cannot abort ${nameOf(transaction)}`, error, topic: transaction.topic }, place)

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

async function findAt(work: Work<TransactionsValues>): Promise<TransactionToAbort> {
  const { topic, partition, startOffset } = work.values
  const place = { topic: topic!, partition: partition! }
  const found = (await producersOf(work, place)).find(
    ({ transactionStart }) => transactionStart === BigInt(startOffset!),
  )
  if (!found)
    throw new KafkaError(
      'INVALID_TXN_STATE',
      `No open transaction begins at offset ${startOffset} of ${partitionName(place)}; kts transactions find-hanging shows those that hang`,
    )
  const { producerId, producerEpoch, coordinatorEpoch } = found
  return { ...place, producerId, producerEpoch, coordinatorEpoch: Math.max(coordinatorEpoch, 0) }
}

export const forceTerminate: Action<TransactionsValues> = {
  about: 'Abort what a producer has open, and shut it out.',
  verb: 'terminate',
  apacheWord: 'forceTerminateTransaction',
  words: [ID],
  check: checkId,
  run: changing<Work<TransactionsValues>, TransactionDescription | null>({
    plan: findProducer,
    preview: async ({ values }, description) => planTermination(values.transactionalId!, description!),
    question: (_, { values }) => ({
      question: `Abort what "${values.transactionalId}" has open, and shut its producer out`,
    }),
    apply: terminate,
  }),
}

/** Null under Apache's name, where an id that is not there is made; under kts that is a slip. Throws KafkaError. */
async function findProducer({
  client,
  values,
  context,
}: Work<TransactionsValues>): Promise<TransactionDescription | null> {
  if (context.style === 'drop-in') return null
  const [{ description, error }] = (await describeTransactions(client, [values.transactionalId!], context)) as [
    DescribedTransaction,
  ]
  if (error) throw asKafkaError(error, `Cannot end the transaction of "${values.transactionalId}"`)
  return description
}

async function terminate({ client, values, context }: Work<TransactionsValues>): Promise<Result> {
  const transactionalId = values.transactionalId!
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
