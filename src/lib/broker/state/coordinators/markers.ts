import { EnvironmentError, KafkaError } from '../../../errors.ts'
import { WriteTxnMarkers, type WriteTxnMarkersRequest } from '../../../protocol/apis/write-txn-markers.ts'
import { errorName } from '../../../protocol/errors.ts'
import { buildEndMarker } from '../../../protocol/records/index.ts'
import { OFFSETS_TOPIC } from '../../../protocol/topic-names.ts'
import type { Input } from '../../../protocol/schema.ts'
import type { Broker } from '../broker.ts'
import { findPartition } from '../partition-lookup.ts'
import type { TransactionEnd } from '../transactions/transaction-context.ts'

type BrokerWithGroups = Omit<Broker, 'transactions'>

/** The group coordinator sends the marker's writer to look for another one (KafkaApis.handleWriteTxnMarkersRequest). */
const NOT_LED_HERE = new Set(['NOT_COORDINATOR', 'COORDINATOR_LOAD_IN_PROGRESS', 'COORDINATOR_NOT_AVAILABLE'])

/**
 * Ends a transaction in one partition that this node leads. Offsets that groups have committed in it count from then
 * on, or never. A promise where the marker is not committed at once. Throws and rejects with KafkaError: see
 * `findPartition`, PartitionLog.append and Partition.awaitCommit.
 */
export function writeMarker(
  broker: BrokerWithGroups,
  topic: string,
  partition: number,
  { transactionVersion, ...end }: TransactionEnd,
): undefined | Promise<void> {
  const target = findPartition(broker, topic, partition)
  const marker = buildEndMarker({ ...end, timestamp: BigInt(broker.clock.now()) })
  const append = (): void => void target.append(marker, { origin: 'coordinator', transactionVersion })
  const committed = (): undefined | Promise<void> =>
    target.awaitCommit(target.log.logEndOffset, broker.config.number('request.timeout.ms'))
  try {
    if (topic === OFFSETS_TOPIC) broker.groups.endTransaction(partition, end.producerId, end.committed, append)
    else append()
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error
    if (NOT_LED_HERE.has(error.code)) throw new KafkaError('NOT_LEADER_OR_FOLLOWER')
    // It may be here already, and not be committed yet.
    const earlier = error.code === 'INVALID_PRODUCER_EPOCH' ? committed() : undefined
    if (!earlier) throw error
    return earlier.then(() => {
      throw error
    })
  }
  return committed()
}

/** A marker for a partition that another node leads. */
interface RemoteMarker {
  readonly topic: string
  readonly partition: number
  readonly end: TransactionEnd
  resolve(): void
  reject(error: KafkaError): void
}

/** Writes markers into partitions, whoever leads them (TransactionMarkerChannelManager). */
export class Markers {
  /** By the node that is to write them. */
  private readonly waiting = new Map<number, RemoteMarker[]>()

  constructor(private readonly broker: BrokerWithGroups) {}

  /** See WriteMarker. */
  write(topic: string, partition: number, end: TransactionEnd): undefined | Promise<void> {
    const { cluster, nodeId } = this.broker
    const leader = cluster.topic(topic)?.partitions[partition]?.leader
    if (leader === undefined) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION')
    if (leader === -1) throw new KafkaError('LEADER_NOT_AVAILABLE')
    if (leader === nodeId) return writeMarker(this.broker, topic, partition, end)
    return new Promise((resolve, reject) => this.enqueue(leader, { topic, partition, end, resolve, reject }))
  }

  /** Those of one turn go in one request. */
  private enqueue(leader: number, marker: RemoteMarker): void {
    const waiting = this.waiting.get(leader)
    if (waiting) return void waiting.push(marker)
    this.waiting.set(leader, [marker])
    queueMicrotask(() => {
      const markers = this.waiting.get(leader)!
      this.waiting.delete(leader)
      void this.send(leader, markers)
    })
  }

  private async send(leader: number, markers: readonly RemoteMarker[]): Promise<void> {
    const { peers, config } = this.broker
    try {
      const request = { markers: [...byEnd(markers)] }
      const answer = await peers.ask(leader, WriteTxnMarkers, request, config.number('request.timeout.ms'))
      const codes = new Map(
        answer.markers.flatMap(({ producerId, topics }) =>
          topics.flatMap(({ name, partitions }) =>
            partitions.map(({ partitionIndex, errorCode }) => [keyOf(producerId, name, partitionIndex), errorCode]),
          ),
        ),
      )
      for (const marker of markers)
        settle(marker, codes.get(keyOf(marker.end.producerId, marker.topic, marker.partition)))
    } catch (error) {
      if (!(error instanceof EnvironmentError) && !(error instanceof KafkaError)) throw error
      for (const { reject } of markers) reject(new KafkaError('NETWORK_EXCEPTION', error.message))
    }
  }
}

/** A node that does not know the partition will hear of it; that it is gone is for the metadata here to say. */
function settle({ resolve, reject }: RemoteMarker, errorCode: number | undefined): void {
  const error = errorCode === undefined ? 'UNKNOWN_SERVER_ERROR' : errorName(errorCode)
  if (error === 'NONE') resolve()
  else reject(new KafkaError(error.startsWith('UNKNOWN_TOPIC') ? 'NOT_LEADER_OR_FOLLOWER' : error))
}

/** One entry for each transaction. */
function byEnd(markers: readonly RemoteMarker[]): Iterable<Input<WriteTxnMarkersRequest['markers'][number]>> {
  const entries = new Map<TransactionEnd, { topics: Map<string, number[]> }>()
  for (const { topic, partition, end } of markers) {
    const { topics } = entries.get(end) ?? { topics: new Map<string, number[]>() }
    entries.set(end, { topics: topics.set(topic, [...(topics.get(topic) ?? []), partition]) })
  }
  return Array.from(entries, ([{ committed, ...end }, { topics }]) => ({
    ...end,
    transactionResult: committed,
    topics: Array.from(topics, ([name, partitionIndexes]) => ({ name, partitionIndexes })),
  }))
}

const keyOf = (producerId: bigint, topic: string, partition: number): string => `${producerId} ${topic}-${partition}`
