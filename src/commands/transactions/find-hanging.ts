import { describeProducers, type ProducerState } from '../../lib/client/admin/describe-producers.ts'
import { describeTransactions } from '../../lib/client/admin/describe-transactions.ts'
import { asKafkaError, itemError } from '../../lib/client/admin/item-error.ts'
import { partitionName, type TopicPartition } from '../../lib/client/topic-partition.ts'
import { listTransactions } from '../../lib/client/admin/list-transactions.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Result } from '../../lib/command/define.ts'
import type { Action, Work } from '../../lib/work/command.ts'
import { asError } from '../../lib/work/failures.ts'
import { showRows, type Column } from '../../lib/output/rows.ts'
import { checkSearch, TOPIC, type TransactionsValues } from './options.ts'
import { momentOf, producersError } from './show.ts'

const MINUTE_MS = 60_000
/** In minutes; brokers allow no longer transactions by default (transaction.max.timeout.ms). */
const LONGEST = 15
/** Partitions that are asked for at a time. */
const AT_A_TIME = 500

interface OpenTransaction extends TopicPartition, ProducerState {
  readonly minutes: number
}

const COLUMNS: readonly Column<OpenTransaction>[] = [
  { title: 'TOPIC', apacheTitle: 'Topic', value: ({ topic }) => topic },
  { title: 'PARTITION', apacheTitle: 'Partition', value: ({ partition }) => partition, isNumber: true },
  { title: 'PRODUCER ID', apacheTitle: 'ProducerId', value: ({ producerId }) => producerId, isNumber: true },
  { title: 'EPOCH', apacheTitle: 'ProducerEpoch', value: ({ producerEpoch }) => producerEpoch, isNumber: true },
  {
    title: 'COORDINATOR EPOCH',
    apacheTitle: 'CoordinatorEpoch',
    value: ({ coordinatorEpoch }) => coordinatorEpoch,
    isNumber: true,
  },
  {
    title: 'START OFFSET',
    apacheTitle: 'StartOffset',
    value: ({ transactionStart }) => transactionStart!,
    isNumber: true,
  },
  {
    title: 'LAST WRITTEN',
    apacheTitle: 'LastTimestamp',
    apacheValue: ({ lastTimestamp }) => lastTimestamp,
    value: ({ lastTimestamp }) => momentOf(lastTimestamp),
  },
  { title: 'MINUTES', apacheTitle: 'Duration(min)', value: ({ minutes }) => minutes, isNumber: true },
]

export const findHanging: Action<TransactionsValues> = {
  about: 'Show transactions that are open in a partition, and that no coordinator will end.',
  words: [{ ...TOPIC, isOptional: true }],
  check: checkSearch,
  run: findOverdue,
}

/** Transactions that are open in a partition, and that no coordinator will end there (KIP-664). Throws KafkaError. */
async function findOverdue(work: Work<TransactionsValues>): Promise<Result> {
  const { client } = work
  const open = await openTransactions(work, await partitionsToSearch(work))
  const expected = open.length === 0 ? new Set<string>() : await expectedEnds(client, open)
  const hanging = open.filter((transaction) => !expected.has(endName(transaction.producerId, transaction)))
  return showRows(hanging, COLUMNS, { none: 'No transaction hangs.' })
}

async function partitionsToSearch(work: Work<TransactionsValues>): Promise<TopicPartition[]> {
  const { client, context } = work
  const { topic, partition, brokerId } = work.values
  if (topic !== undefined && partition !== undefined) return [{ topic, partition }]
  const { topics } = await client.metadata(topic === undefined ? null : [topic])
  const failed = topics.find(({ errorCode }) => errorCode !== 0)
  if (failed)
    throw await asError(
      { what: `Cannot describe topic ${failed.name}`, error: itemError(failed.errorCode)!, topic },
      { client, context },
    )
  return topics.flatMap(({ name, partitions }) =>
    partitions
      .filter(({ replicaNodes }) => brokerId === undefined || replicaNodes.includes(brokerId))
      .map(({ partitionIndex }) => ({ topic: name!, partition: partitionIndex })),
  )
}

async function openTransactions(
  { client, values: { brokerId, maxTransactionTimeout: longest = LONGEST }, context }: Work<TransactionsValues>,
  partitions: readonly TopicPartition[],
): Promise<OpenTransaction[]> {
  const nowMs = context.clock.now()
  const open: OpenTransaction[] = []
  for (let at = 0; at < partitions.length; at += AT_A_TIME) {
    for (const { topic, partition, producers, error } of await describeProducers(
      client,
      partitions.slice(at, at + AT_A_TIME),
      { brokerId },
    )) {
      if (error) throw await producersError({ topic, partition }, error, { client, context })
      for (const producer of producers) {
        const ageMs = nowMs - Number(producer.lastTimestamp)
        if (producer.transactionStart !== null && ageMs > longest * MINUTE_MS)
          open.push({ topic, partition, ...producer, minutes: Math.floor(ageMs / MINUTE_MS) })
      }
    }
  }
  return open
}

/** The ends that coordinators are still going to write, by `endName`. */
async function expectedEnds(client: KafkaClient, open: readonly OpenTransaction[]): Promise<Set<string>> {
  const listed = await listTransactions(client, { producerIds: [...new Set(open.map(({ producerId }) => producerId))] })
  const producerIds = new Map(listed.map(({ transactionalId, producerId }) => [transactionalId, producerId]))
  const described = await describeTransactions(client, [...producerIds.keys()])
  return new Set(
    described.flatMap(({ transactionalId, description, error }) => {
      // An id that has been forgotten meanwhile ends nothing any more.
      if (error && error.code !== 'TRANSACTIONAL_ID_NOT_FOUND')
        throw asKafkaError(error, `Cannot describe the transactional id "${transactionalId}"`)
      return (description?.partitions ?? []).map((partition) => endName(producerIds.get(transactionalId)!, partition))
    }),
  )
}

const endName = (producerId: bigint, partition: TopicPartition): string => `${producerId} ${partitionName(partition)}`
