import { EnvironmentError, KafkaError, kafkaErrorOf } from '../../../errors.ts'
import { AddPartitionsToTxn } from '../../../protocol/apis/add-partitions-to-txn.ts'
import { ERRORS, errorName } from '../../../protocol/errors.ts'
import { TRANSACTION_TOPIC } from '../../../protocol/topic-names.ts'
import type { Broker } from '../broker.ts'
import type { PartitionsOfProducer } from '../transactions/add-partitions.ts'
import { PartitionSet } from '../transactions/partition-set.ts'
import { EPOCH_BUMP_VERSION } from '../transactions/transaction.ts'
import { whenDone } from '../turns.ts'

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
  'NOT_LEADER_OR_FOLLOWER',
  'REQUEST_TIMED_OUT',
  'NETWORK_EXCEPTION',
  'KAFKA_STORAGE_ERROR',
])

/** Why each partition is refused, null where it is not. */
type Refusals = readonly (KafkaError | null)[]
type Verdict = (topic: string, partition: number) => KafkaError | null

/**
 * Asks the coordinator before something is written in a transaction: a write that comes late, when the transaction has
 * ended, would stay open for ever. Partitions that the transaction has reached already need no asking. A promise where
 * the coordinator is another node, or its answer waits for followers.
 */
export function joinTransaction(
  broker: Broker,
  producer: Omit<PartitionsOfProducer, 'partitions'>,
  partitions: readonly (readonly [topic: string, partition: number])[],
  client: TransactionClient,
): Refusals | Promise<Refusals> {
  const isReached = ([topic, partition]: readonly [string, number]): boolean =>
    broker.partitions.get(topic, partition)?.log.hasOpenTransaction(producer.producerId, producer.producerEpoch) ??
    false
  const unreached = partitions.filter((each) => !isReached(each))
  if (unreached.length === 0 || !broker.config.boolean('transaction.partition.verification.enable'))
    return partitions.map(() => null)
  const asked = PartitionSet.of(unreached.map(([topic, partition]) => [topic, [partition]] as const))
  return whenDone(verdictOf(broker, { ...producer, partitions: asked }, client), (verdict) =>
    partitions.map(([topic, partition]) => (asked.has(topic, partition) ? verdict(topic, partition) : null)),
  )
}

function verdictOf(
  broker: Broker,
  request: PartitionsOfProducer,
  client: TransactionClient,
): Verdict | Promise<Verdict> {
  const refuseAll = (error: unknown): Verdict => {
    const refusal = toldToWriter(kafkaErrorOf(error), client)
    return () => refusal
  }
  try {
    const coordinator = coordinatorOf(broker, request.transactionalId)
    const verdict =
      coordinator === broker.nodeId ? askHere(broker, request, client) : askAt(coordinator, broker, request, client)
    return verdict instanceof Promise ? verdict.catch(refuseAll) : verdict
  } catch (error) {
    return refuseAll(error)
  }
}

/** This node where there is no coordinator yet: it knows as much as any. Throws KafkaError. */
function coordinatorOf({ cluster, nodeId, transactions }: Broker, transactionalId: string): number {
  const topic = cluster.topic(TRANSACTION_TOPIC)
  const leader = topic ? topic.partitions[transactions.partitionFor(transactionalId)]!.leader : nodeId
  if (leader === -1) throw new KafkaError('COORDINATOR_NOT_AVAILABLE')
  return leader
}

/** Throws and rejects with KafkaError. */
function askHere(
  { transactions }: Broker,
  request: PartitionsOfProducer,
  client: TransactionClient,
): Verdict | Promise<Verdict> {
  const missing = client.joins ? [] : transactions.missingPartitions(request)
  if (client.joins) transactions.addPartitions(request, EPOCH_BUMP_VERSION)
  const refused = PartitionSet.of(missing.map(([topic, partition]) => [topic, [partition]] as const))
  const verdict: Verdict = (topic, partition) => (refused.has(topic, partition) ? notPartOfIt(client) : null)
  const committed = transactions.awaitCommit(request.transactionalId)
  return committed ? committed.then(() => verdict) : verdict
}

/** See AddPartitionsToTxnManager. Rejects with KafkaError. */
async function askAt(
  coordinator: number,
  broker: Broker,
  { partitions, ...producer }: PartitionsOfProducer,
  client: TransactionClient,
): Promise<Verdict> {
  const { peers, config } = broker
  const topics = Array.from(partitions.byTopic(), ([name, ids]) => ({ name, partitions: [...ids] }))
  const request = { transactions: [{ ...producer, verifyOnly: !client.joins, topics }] }
  const wasAs = stateOf(broker, producer.producerId, partitions)
  const { errorCode, resultsByTransaction } = await peers
    .ask(coordinator, AddPartitionsToTxn, request, config.number('request.timeout.ms'))
    .catch((error: unknown) => {
      if (error instanceof EnvironmentError) throw new KafkaError('NETWORK_EXCEPTION', error.message)
      throw error
    })
  if (errorCode !== ERRORS.NONE) throw new KafkaError(errorName(errorCode))
  const results = resultsByTransaction[0]?.topicResults ?? []
  const codes = new Map(
    results.flatMap(({ name, resultsByPartition }) =>
      resultsByPartition.map(({ partitionIndex, partitionErrorCode }) => [
        `${name}-${partitionIndex}`,
        errorName(partitionErrorCode),
      ]),
    ),
  )
  const isNow = stateOf(broker, producer.producerId, partitions)
  return (topic, partition) => {
    const code = codes.get(`${topic}-${partition}`) ?? 'UNKNOWN_SERVER_ERROR'
    const hasMoved = wasAs.get(`${topic}-${partition}`) !== isNow.get(`${topic}-${partition}`)
    if (code === 'NONE' && client.joins) return null
    if (code === 'TRANSACTION_ABORTABLE' || (code === 'NONE' && hasMoved)) return notPartOfIt(client)
    return code === 'NONE' ? null : toldToWriter(new KafkaError(code), client)
  }
}

/**
 * What is known of a producer in partitions that this node leads. The marker of the end may come while the coordinator
 * is asked, and without an epoch of its own nothing else tells the next transaction from the one that has ended
 * (VerificationGuard).
 */
function stateOf({ partitions }: Broker, producerId: bigint, wanted: PartitionSet): Map<string, string> {
  return new Map(
    Array.from(wanted, ([topic, partition]) => {
      const producers = partitions.get(topic, partition)?.log.activeProducers() ?? []
      const known = producers.find((producer) => producer.producerId === producerId)
      return [`${topic}-${partition}`, known ? Object.values(known).join(' ') : '']
    }),
  )
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
