import { describeProducers, type ProducerState } from '../../lib/client/admin/describe-producers.ts'
import { describeTransactions, type TransactionDescription } from '../../lib/client/admin/describe-transactions.ts'
import { asKafkaError } from '../../lib/client/admin/item-error.ts'
import { partitionName } from '../../lib/client/topic-partition.ts'
import { listTransactions, type TransactionListing } from '../../lib/client/admin/list-transactions.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Context, Result } from '../../lib/command/define.ts'
import { asError } from '../../lib/work/failures.ts'
import type { TransactionsValues } from './options.ts'
import { momentOf, showRows, type Column } from './view.ts'

const LISTED: readonly Column<TransactionListing>[] = [
  { titles: ['TransactionalId', 'TRANSACTIONAL ID'], value: ({ transactionalId }) => transactionalId },
  { titles: ['Coordinator', 'COORDINATOR'], value: ({ coordinatorId }) => `${coordinatorId}`, isNumber: true },
  { titles: ['ProducerId', 'PRODUCER ID'], value: ({ producerId }) => `${producerId}`, isNumber: true },
  { titles: ['TransactionState', 'STATE'], value: ({ state }) => state },
]

/** Throws KafkaError. */
export async function list(
  client: KafkaClient,
  { durationFilter: durationMs, transactionalIdPattern: pattern }: TransactionsValues,
): Promise<Result> {
  const listed = await listTransactions(client, { durationMs, pattern })
  return showRows(listed, LISTED, { data: listed, none: 'No transactional ids.' })
}

interface Described extends TransactionDescription {
  readonly transactionalId: string
  readonly durationMs: number | null
}

const DESCRIBED: readonly Column<Described>[] = [
  { titles: ['CoordinatorId', 'COORDINATOR'], value: ({ coordinatorId }) => `${coordinatorId}`, isNumber: true },
  { titles: ['TransactionalId', 'TRANSACTIONAL ID'], value: ({ transactionalId }) => transactionalId },
  { titles: ['ProducerId', 'PRODUCER ID'], value: ({ producerId }) => `${producerId}`, isNumber: true },
  { titles: ['ProducerEpoch', 'EPOCH'], value: ({ producerEpoch }) => `${producerEpoch}`, isNumber: true },
  { titles: ['TransactionState', 'STATE'], value: ({ state }) => state },
  { titles: ['TransactionTimeoutMs', 'TIMEOUT MS'], value: ({ timeoutMs }) => `${timeoutMs}`, isNumber: true },
  {
    titles: ['CurrentTransactionStartTimeMs', 'STARTED'],
    value: ({ startMs }) => `${startMs ?? 'None'}`,
    plain: ({ startMs }) => (startMs === null ? '-' : momentOf(startMs)),
  },
  {
    titles: ['TransactionDurationMs', 'OPEN FOR MS'],
    value: ({ durationMs }) => `${durationMs ?? 'None'}`,
    plain: ({ state, durationMs }) => (isOver(state) || durationMs === null ? '-' : `${durationMs}`),
    isNumber: true,
  },
  {
    titles: ['TopicPartitions', 'PARTITIONS'],
    value: ({ partitions }) => partitions.map(partitionName).join(','),
    plain: ({ partitions }) => partitions.map(partitionName).join(', ') || '-',
  },
]

/** Coordinators keep the start of a transaction that has ended until the next one begins. */
const isOver = (state: string): boolean => state.startsWith('Complete')

/** Throws KafkaError for an id that no broker knows. */
export async function describe(client: KafkaClient, transactionalId: string, { clock }: Context): Promise<Result> {
  const [{ description, error }] = (await describeTransactions(client, [transactionalId], { clock })) as [
    Awaited<ReturnType<typeof describeTransactions>>[number],
  ]
  if (error || !description) throw asKafkaError(error!, `Cannot describe the transactional id "${transactionalId}"`)
  const described = {
    transactionalId,
    ...description,
    durationMs: description.startMs === null ? null : clock.now() - description.startMs,
  }
  return showRows([described], DESCRIBED, { data: described, none: '' })
}

const PRODUCERS: readonly Column<ProducerState>[] = [
  { titles: ['ProducerId', 'PRODUCER ID'], value: ({ producerId }) => `${producerId}`, isNumber: true },
  { titles: ['ProducerEpoch', 'EPOCH'], value: ({ producerEpoch }) => `${producerEpoch}`, isNumber: true },
  {
    titles: ['LatestCoordinatorEpoch', 'COORDINATOR EPOCH'],
    value: ({ coordinatorEpoch }) => `${coordinatorEpoch}`,
    isNumber: true,
  },
  { titles: ['LastSequence', 'LAST SEQUENCE'], value: ({ lastSequence }) => `${lastSequence}`, isNumber: true },
  {
    titles: ['LastTimestamp', 'LAST WRITTEN'],
    value: ({ lastTimestamp }) => `${lastTimestamp}`,
    plain: ({ lastTimestamp }) => momentOf(lastTimestamp),
  },
  {
    titles: ['CurrentTransactionStartOffset', 'OPEN SINCE OFFSET'],
    value: ({ transactionStart }) => `${transactionStart ?? 'None'}`,
    plain: ({ transactionStart }) => `${transactionStart ?? '-'}`,
    isNumber: true,
  },
]

/** Throws KafkaError. */
export async function describeProducersOf(
  client: KafkaClient,
  { topic, partition, brokerId }: TransactionsValues,
  context: Context,
): Promise<Result> {
  const asked = { topic: topic!, partition: partition! }
  const [{ producers, error }] = (await describeProducers(client, [asked], { clock: context.clock, brokerId })) as [
    Awaited<ReturnType<typeof describeProducers>>[number],
  ]
  if (error)
    throw await asError(
      { what: `Cannot describe the producers of ${partitionName(asked)}`, error, topic: asked.topic },
      { client, context },
    )
  return showRows(producers, PRODUCERS, {
    data: producers,
    none: `No producer has left a trace in ${partitionName(asked)}.`,
  })
}
