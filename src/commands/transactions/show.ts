import { describeProducers, type ProducerState } from '../../lib/client/admin/describe-producers.ts'
import { describeTransactions, type TransactionDescription } from '../../lib/client/admin/describe-transactions.ts'
import { asKafkaError } from '../../lib/client/admin/item-error.ts'
import { partitionName } from '../../lib/client/topic-partition.ts'
import { listTransactions, type TransactionListing } from '../../lib/client/admin/list-transactions.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Context, Result } from '../../lib/command/define.ts'
import { asError } from '../../lib/work/failures.ts'
import { showRows, type Column } from '../../lib/output/rows.ts'
import type { TransactionsValues } from './options.ts'

const LISTED: readonly Column<TransactionListing>[] = [
  { title: 'TRANSACTIONAL ID', apacheTitle: 'TransactionalId', value: ({ transactionalId }) => transactionalId },
  { title: 'COORDINATOR', apacheTitle: 'Coordinator', value: ({ coordinatorId }) => coordinatorId, isNumber: true },
  { title: 'PRODUCER ID', apacheTitle: 'ProducerId', value: ({ producerId }) => producerId, isNumber: true },
  { title: 'STATE', apacheTitle: 'TransactionState', value: ({ state }) => state },
]

/** Throws KafkaError. */
export async function list(
  client: KafkaClient,
  { durationFilter: durationMs, transactionalIdPattern: pattern }: TransactionsValues,
): Promise<Result> {
  const listed = await listTransactions(client, { durationMs, pattern })
  return showRows(listed, LISTED, { none: 'No transactional ids.' })
}

interface Described extends TransactionDescription {
  readonly transactionalId: string
  readonly durationMs: number | null
}

const DESCRIBED: readonly Column<Described>[] = [
  { title: 'COORDINATOR', apacheTitle: 'CoordinatorId', value: ({ coordinatorId }) => coordinatorId, isNumber: true },
  { title: 'TRANSACTIONAL ID', apacheTitle: 'TransactionalId', value: ({ transactionalId }) => transactionalId },
  { title: 'PRODUCER ID', apacheTitle: 'ProducerId', value: ({ producerId }) => producerId, isNumber: true },
  { title: 'EPOCH', apacheTitle: 'ProducerEpoch', value: ({ producerEpoch }) => producerEpoch, isNumber: true },
  { title: 'STATE', apacheTitle: 'TransactionState', value: ({ state }) => state },
  { title: 'TIMEOUT MS', apacheTitle: 'TransactionTimeoutMs', value: ({ timeoutMs }) => timeoutMs, isNumber: true },
  {
    title: 'STARTED',
    apacheTitle: 'CurrentTransactionStartTimeMs',
    apacheValue: ({ startMs }) => startMs ?? 'None',
    value: ({ startMs }) => (startMs === null ? '-' : momentOf(startMs)),
  },
  {
    title: 'OPEN FOR MS',
    apacheTitle: 'TransactionDurationMs',
    apacheValue: ({ durationMs }) => durationMs ?? 'None',
    value: ({ state, durationMs }) => (isOver(state) || durationMs === null ? '-' : durationMs),
    isNumber: true,
  },
  {
    title: 'PARTITIONS',
    apacheTitle: 'TopicPartitions',
    apacheValue: ({ partitions }) => partitions.map(partitionName).join(','),
    value: ({ partitions }) => partitions.map(partitionName).join(', ') || '-',
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
  return showRows([described], DESCRIBED, { data: described })
}

const PRODUCERS: readonly Column<ProducerState>[] = [
  { title: 'PRODUCER ID', apacheTitle: 'ProducerId', value: ({ producerId }) => producerId, isNumber: true },
  { title: 'EPOCH', apacheTitle: 'ProducerEpoch', value: ({ producerEpoch }) => producerEpoch, isNumber: true },
  {
    title: 'COORDINATOR EPOCH',
    apacheTitle: 'LatestCoordinatorEpoch',
    value: ({ coordinatorEpoch }) => coordinatorEpoch,
    isNumber: true,
  },
  { title: 'LAST SEQUENCE', apacheTitle: 'LastSequence', value: ({ lastSequence }) => lastSequence, isNumber: true },
  {
    title: 'LAST WRITTEN',
    apacheTitle: 'LastTimestamp',
    apacheValue: ({ lastTimestamp }) => lastTimestamp,
    value: ({ lastTimestamp }) => momentOf(lastTimestamp),
  },
  {
    title: 'OPEN SINCE OFFSET',
    apacheTitle: 'CurrentTransactionStartOffset',
    apacheValue: ({ transactionStart }) => transactionStart ?? 'None',
    value: ({ transactionStart }) => transactionStart ?? '-',
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
    none: `No producer has left a trace in ${partitionName(asked)}.`,
  })
}

/** A moment for people: `2026-03-01T12:00:00Z`. */
export const momentOf = (ms: number | bigint): string =>
  Number(ms) < 0 ? '-' : new Date(Number(ms)).toISOString().replace('.000Z', 'Z')
