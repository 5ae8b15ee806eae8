import { KafkaError } from '../../../errors.ts'
import type { Broker } from '../broker.ts'
import type { PartitionsOfProducer } from '../transactions/add-partitions.ts'
import { PartitionSet } from '../transactions/partition-set.ts'
import { EPOCH_BUMP_VERSION } from '../transactions/transaction.ts'

/** What the client of a transactional write can do (KIP-890). */
export interface TransactionClient {
  /** Its writes make partitions part of the transaction; an older one has asked for that before. */
  readonly joins: boolean
  /** It knows TRANSACTION_ABORTABLE. */
  readonly knowsAbortable: boolean
}

/**
 * While the coordinator cannot be asked, producers are told what they know to wait for
 * (ReplicaManager.handleProduceAppend).
 */
const UNREACHABLE = new Set([
  'COORDINATOR_LOAD_IN_PROGRESS',
  'COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR',
  'KAFKA_STORAGE_ERROR',
])

/**
 * Asks the coordinator before something is written in a transaction: a write that comes late, when the transaction has
 * ended, would stay open for ever. Partitions that the transaction has reached already need no asking. Returns why each
 * of the others is refused, null where it is not.
 */
export function joinTransaction(
  broker: Broker,
  producer: Omit<PartitionsOfProducer, 'partitions'>,
  partitions: readonly (readonly [topic: string, partition: number])[],
  client: TransactionClient,
): (KafkaError | null)[] {
  const isReached = ([topic, partition]: readonly [string, number]): boolean =>
    broker.partitions.get(topic, partition)?.log.hasOpenTransaction(producer.producerId, producer.producerEpoch) ??
    false
  const unreached = partitions.filter((each) => !isReached(each))
  if (unreached.length === 0 || !broker.config.boolean('transaction.partition.verification.enable'))
    return partitions.map(() => null)
  const request = {
    ...producer,
    partitions: PartitionSet.of(unreached.map(([topic, partition]) => [topic, [partition]] as const)),
  }
  try {
    const refused = refusedPartitions(broker, request, client)
    return partitions.map(([topic, partition]) => (refused.has(topic, partition) ? notPartOfIt(client) : null))
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error
    const refusal = toldToWriter(error, client)
    return partitions.map(([topic, partition]) => (request.partitions.has(topic, partition) ? refusal : null))
  }
}

function refusedPartitions(
  { transactions }: Broker,
  request: PartitionsOfProducer,
  { joins }: TransactionClient,
): PartitionSet {
  if (!joins)
    return PartitionSet.of(
      transactions.missingPartitions(request).map(([topic, partition]) => [topic, [partition]] as const),
    )
  transactions.addPartitions(request, EPOCH_BUMP_VERSION)
  return PartitionSet.empty
}

function notPartOfIt({ knowsAbortable }: TransactionClient): KafkaError {
  return new KafkaError(
    knowsAbortable ? 'TRANSACTION_ABORTABLE' : 'INVALID_TXN_STATE',
    'Partition was not added to the transaction',
  )
}

function toldToWriter(error: KafkaError, { joins }: TransactionClient): KafkaError {
  if (error.code === 'PRODUCER_FENCED') return new KafkaError('INVALID_PRODUCER_EPOCH')
  if (!UNREACHABLE.has(error.code) && (joins || error.code !== 'CONCURRENT_TRANSACTIONS')) return error
  return new KafkaError(
    'NOT_ENOUGH_REPLICAS',
    `Unable to verify the partition has been added to the transaction. Underlying error: ${error.code}`,
  )
}
