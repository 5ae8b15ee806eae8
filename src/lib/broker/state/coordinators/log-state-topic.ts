import { KafkaError, MalformedError } from '../../../errors.ts'
import { buildBatch, readEndMarker, RecordReader } from '../../../protocol/records/index.ts'
import type { WholeBatch } from '../../log/walk-batches.ts'
import type { BrokerState } from '../broker.ts'
import type {
  StateEntry,
  StateRecord,
  StateTopic,
  StateTopicSettings,
  TransactionOwner,
} from '../coordination/state-topic.ts'
import type { Partition } from '../partition.ts'

/** A coordinator's state, kept as records of a compacted topic of this broker, as Kafka does. */
export class LogStateTopic implements StateTopic {
  constructor(
    private readonly broker: BrokerState,
    private readonly settings: () => StateTopicSettings,
  ) {}

  get name(): string {
    return this.settings().name
  }

  exists(): boolean {
    return this.broker.cluster.topic(this.settings().name) !== undefined
  }

  partitionCount(): number {
    const { broker } = this
    const { name, partitions, replicationFactor, configs } = this.settings()
    const topic =
      broker.cluster.topic(name) ??
      broker.createTopic({ name, configs, numPartitions: partitions, replicationFactor, assignments: null })
    return topic.partitions.length
  }

  isLeader(partition: number): boolean {
    return this.partition(partition) !== undefined
  }

  leaderEpoch(partition: number): number {
    return this.partition(partition)?.leaderEpoch ?? -1
  }

  append(partition: number, records: readonly StateRecord[], owner?: TransactionOwner): void {
    const target = this.partition(partition)
    if (!target) throw new KafkaError('NOT_COORDINATOR')
    const timestamp = BigInt(this.broker.clock.now())
    const batch = buildBatch(
      records.map((record) => ({ ...record, timestamp })),
      owner && { ...owner, isTransactional: true },
    )
    target.append(batch, { origin: 'coordinator' })
  }

  *replay(partition: number): Generator<StateEntry> {
    const source = this.partition(partition)
    if (!source) return
    const damaged: string[] = []
    for (const batch of source.log.wholeBatches(source.log.logStartOffset, (damage) => void damaged.push(damage))) {
      for (const reason of damaged.splice(0)) yield { type: 'damage', reason }
      yield* entriesOf(batch)
    }
    for (const reason of damaged) yield { type: 'damage', reason }
  }

  private partition(partition: number): Partition | undefined {
    return this.broker.partitions.get(this.settings().name, partition)
  }
}

/**
 * What a batch holds. One whose checksum is right and whose records are wrong was written so: as much of it counts as
 * can be read.
 */
function* entriesOf({ header, bytes }: WholeBatch): Generator<StateEntry> {
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
