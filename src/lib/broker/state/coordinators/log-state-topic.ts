import { KafkaError, MalformedError } from '../../../errors.ts'
import { buildBatch, readEndMarker, RecordReader } from '../../../protocol/records/index.ts'
import type { WholeBatch } from '../../log/walk-batches.ts'
import type { BrokerState } from '../broker.ts'
import type { Topic } from '../cluster/types.ts'
import type { BrokerConfigName } from '../configs/broker-config-definitions.ts'
import { controllerAddresses } from '../configs/roles.ts'
import type {
  StateBatch,
  StateEntry,
  StateRecord,
  StateTopic,
  StateTopicListener,
  StateTopicSettings,
  TransactionOwner,
} from '../coordination/state-topic.ts'
import type { Partition } from '../partition.ts'

export interface LogStateTopicOptions {
  readonly name: string
  readonly settings: () => StateTopicSettings
  /** How long an answer may wait for the followers. */
  readonly commitTimeoutMs: number
  readonly warn: (line: string) => void
}

/** A coordinator's state, kept as records of a compacted topic, as Kafka does. */
export class LogStateTopic implements StateTopic {
  private lastProblem: string | null = null

  constructor(
    private readonly broker: BrokerState,
    private readonly options: LogStateTopicOptions,
  ) {}

  get name(): string {
    return this.options.name
  }

  exists(): boolean {
    return this.broker.cluster.topic(this.name) !== undefined
  }

  partitionCount(): number {
    const topic = this.broker.cluster.topic(this.name) ?? this.create()
    return topic.partitions.length
  }

  private create(): Topic {
    const { partitions, replicationFactor, configs } = this.options.settings()
    try {
      return this.broker.createTopic({
        name: this.name,
        configs,
        numPartitions: partitions,
        replicationFactor,
        assignments: null,
      })
    } catch (error) {
      if (!(error instanceof KafkaError) || error.code !== 'INVALID_REPLICATION_FACTOR') throw error
      // More brokers may come yet.
      this.report(`${this.name} cannot be made: ${error.message}`)
      throw new KafkaError('COORDINATOR_NOT_AVAILABLE')
    }
  }

  /** Clients ask again and again; whoever runs the broker needs to hear of it once. */
  private report(problem: string): void {
    if (problem !== this.lastProblem) this.options.warn(problem)
    this.lastProblem = problem
  }

  listen(listener: StateTopicListener): void {
    const { partitions } = this.broker
    const isOurs = ({ topic }: Partition): boolean => topic === this.name
    const onRoleChanged = (partition: Partition): void => {
      if (!isOurs(partition)) return
      if (partition.isLeader) listener.onElected(partition.partition)
      else listener.onResigned(partition.partition)
    }
    partitions.listen({
      onRoleChanged,
      onPartitionRemoved: (partition) => void (isOurs(partition) && listener.onResigned(partition.partition)),
    })
    for (const partition of partitions.all()) onRoleChanged(partition)
  }

  leaderEpoch(partition: number): number {
    return this.partition(partition).leaderEpoch
  }

  append(partition: number, records: readonly StateRecord[], owner?: TransactionOwner): void {
    const target = this.partition(partition)
    // What could not be committed would only hold everybody up.
    target.requireMinIsr()
    const timestamp = BigInt(this.broker.clock.now())
    const batch = buildBatch(
      records.map((record) => ({ ...record, timestamp })),
      owner && { ...owner, isTransactional: true },
    )
    target.append(batch, { origin: 'coordinator' })
  }

  awaitCommit(partition: number): undefined | Promise<void> {
    const target = this.partition(partition)
    return target.awaitCommit(target.log.logEndOffset, this.options.commitTimeoutMs)
  }

  *replay(partition: number, from?: bigint): Generator<StateBatch> {
    const { log } = this.partition(partition)
    const damaged: string[] = []
    const takeDamaged = (): StateEntry[] => damaged.splice(0).map((reason) => ({ type: 'damage', reason }))
    for (const batch of log.wholeBatches(from ?? log.logStartOffset, (damage) => void damaged.push(damage))) {
      yield { entries: entriesOf(batch, takeDamaged()), nextOffset: batch.header.lastOffset + 1n }
    }
    if (damaged.length > 0) yield { entries: takeDamaged(), nextOffset: log.logEndOffset }
  }

  /** Throws KafkaError NOT_COORDINATOR. */
  private partition(index: number): Partition {
    const partition = this.broker.partitions.get(this.name, index)
    if (!partition?.isLeader) throw new KafkaError('NOT_COORDINATOR')
    return partition
  }
}

/**
 * Whether replicas on other brokers are not to be had: nobody can join this one, or nobody has and its settings do not
 * ask for any.
 */
export function isWithoutPeers({ config, cluster }: BrokerState, factor: BrokerConfigName): boolean {
  if (controllerAddresses(config).length === 0) return true
  return cluster.registrations().length === 1 && !config.isSet(factor)
}

/**
 * What a batch holds, after the damage in front of it. One whose checksum is right and whose records are wrong was
 * written so: as much of it counts as can be read.
 */
function* entriesOf({ header, bytes }: WholeBatch, damage: readonly StateEntry[]): Generator<StateEntry> {
  yield* damage
  const { producerId } = header
  const reader = new RecordReader()
  try {
    const marker = readEndMarker(bytes, 0, header)
    if (marker) yield { type: 'end', producerId, committed: marker.committed }
    if (header.isControl) return
    reader.open(bytes, 0, header)
    while (reader.next()) {
      const offset = header.baseOffset + BigInt(reader.offsetDelta)
      yield {
        type: 'record',
        record: currentRecord(reader),
        producerId: header.isTransactional ? producerId : null,
        offset,
      }
    }
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error
    yield { type: 'damage', reason: `the batch at offset ${header.baseOffset}: ${error.message}` }
  }
}

function currentRecord({ body, keyStart, keyLength, valueStart, valueLength }: RecordReader): StateRecord {
  const copy = (start: number, length: number): Buffer => Buffer.from(body.subarray(start, start + length))
  return { key: copy(keyStart, Math.max(keyLength, 0)), value: valueLength < 0 ? null : copy(valueStart, valueLength) }
}
