import {
  describeProducers,
  type PartitionProducers,
  type ProducerState,
} from '../../lib/client/admin/describe-producers.ts'
import {
  describeTransactions,
  type DescribedTransaction,
  type TransactionDescription,
} from '../../lib/client/admin/describe-transactions.ts'
import { asKafkaError, type ItemError } from '../../lib/client/admin/item-error.ts'
import { partitionName, type TopicPartition } from '../../lib/client/topic-partition.ts'
import { listTransactions, type TransactionListing } from '../../lib/client/admin/list-transactions.ts'
import type { Result } from '../../lib/command/define.ts'
import type { KafkaError } from '../../lib/errors.ts'
import { showRows, type Column } from '../../lib/output/rows.ts'
import type { Action, Work } from '../../lib/work/command.ts'
import { asError, type Place } from '../../lib/work/failures.ts'
import { checkId, checkPartition, ID, TOPIC, type TransactionsValues } from './options.ts'

const LISTED: readonly Column<TransactionListing>[] = [
  { title: 'TRANSACTIONAL ID', apacheTitle: 'TransactionalId', value: ({ transactionalId }) => transactionalId },
  { title: 'COORDINATOR', apacheTitle: 'Coordinator', value: ({ coordinatorId }) => coordinatorId, isNumber: true },
  { title: 'PRODUCER ID', apacheTitle: 'ProducerId', value: ({ producerId }) => producerId, isNumber: true },
  { title: 'STATE', apacheTitle: 'TransactionState', value: ({ state }) => state },
]

export const list: Action<TransactionsValues> = {
  about: 'Show every transactional id and the state of its transaction.',
  async run({ client, values: { durationFilter: durationMs, transactionalIdPattern: pattern } }) {
    return showRows(await listTransactions(client, { durationMs, pattern }), LISTED, { none: 'No transactional ids.' })
  },
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

export const describe: Action<TransactionsValues> = {
  about: 'Show one transactional id, with the partitions that it writes to.',
  words: [ID],
  check: checkId,
  run: describeId,
}

/** Throws KafkaError for an id that no broker knows. */
async function describeId({ client, values, context: { clock } }: Work<TransactionsValues>): Promise<Result> {
  const transactionalId = values.transactionalId!
  const [{ description, error }] = (await describeTransactions(client, [transactionalId], { clock })) as [
    DescribedTransaction,
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

export const describeProducersOf: Action<TransactionsValues> = {
  about: 'Show the producers that have written to a partition.',
  words: [TOPIC],
  check: checkPartition,
  async run(work) {
    const { topic, partition, brokerId } = work.values
    const asked = { topic: topic!, partition: partition! }
    return showRows(await producersOf(work, asked, brokerId), PRODUCERS, {
      none: `No producer has left a trace in ${partitionName(asked)}.`,
    })
  },
}

/** The producers of one partition, as its leader or another of its replicas knows them. Throws KafkaError. */
export async function producersOf(
  { client, context }: Work<TransactionsValues>,
  place: TopicPartition,
  brokerId?: number,
): Promise<readonly ProducerState[]> {
  const [{ producers, error }] = (await describeProducers(client, [place], { clock: context.clock, brokerId })) as [
    PartitionProducers,
  ]
  if (error) throw await producersError(place, error, { client, context })
  return producers
}

export const producersError = (place: TopicPartition, error: ItemError, where: Place): Promise<KafkaError> =>
  asError({ what: `Cannot describe the producers of ${partitionName(place)}`, error, topic: place.topic }, where)

/** A moment for people: `2026-03-01T12:00:00Z`. */
export const momentOf = (ms: number | bigint): string =>
  Number(ms) < 0 ? '-' : new Date(Number(ms)).toISOString().replace('.000Z', 'Z')
