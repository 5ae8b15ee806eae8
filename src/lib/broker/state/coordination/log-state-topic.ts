import { KafkaError } from '../../../errors.ts'
import { batches, buildBatch, readEndMarker, RecordReader } from '../../../protocol/records/index.ts'
import type { Broker } from '../broker.ts'
import type { StateEntry, StateRecord, StateTopic, TransactionOwner } from './state-topic.ts'
import type { Partition } from '../partition.ts'
import { createTopic, planTopic } from '../topic-creation.ts'

export interface StateTopicSettings {
  readonly name: string
  readonly partitions: number
  readonly replicationFactor: number
  readonly configs: ReadonlyMap<string, string>
}

const READ_BYTES = 1 << 20

/** A coordinator's state, kept as records of a compacted topic of this broker, as Kafka does. */
export class LogStateTopic implements StateTopic {
  constructor(
    private readonly broker: () => Broker,
    private readonly settings: () => StateTopicSettings,
  ) {}

  exists(): boolean {
    return this.broker().cluster.topic(this.settings().name) !== undefined
  }

  partitionCount(): number {
    const broker = this.broker()
    const { name, partitions, replicationFactor, configs } = this.settings()
    const topic = broker.cluster.topic(name)
      ?? createTopic(broker, planTopic(broker, { name, configs, numPartitions: partitions, replicationFactor, assignments: null }))
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
    const timestamp = BigInt(this.broker().clock.now())
    const batch = buildBatch(records.map((record) => ({ ...record, timestamp })), owner && { ...owner, isTransactional: true })
    target.append(batch, { origin: 'coordinator' })
  }

  *replay(partition: number): Generator<StateEntry> {
    const source = this.partition(partition)
    if (!source) return
    const reader = new RecordReader()
    const { log } = source
    for (let offset = log.logStartOffset; offset < log.logEndOffset;) {
      const chunk = log.read(offset, { maxBytes: READ_BYTES, minOneMessage: true, upTo: log.logEndOffset })
      for (const { header, at } of batches(chunk)) {
        const marker = readEndMarker(chunk, at, header)
        if (marker) yield { type: 'end', producerId: header.producerId, committed: marker.committed }
        reader.open(chunk, at, header)
        const producerId = header.isTransactional ? header.producerId : null
        while (!header.isControl && reader.next()) yield { type: 'record', record: currentRecord(reader), producerId }
        offset = header.lastOffset + 1n
      }
    }
  }

  private partition(partition: number): Partition | undefined {
    return this.broker().partitions.get(this.settings().name, partition)
  }
}

function currentRecord({ body, keyStart, keyLength, valueStart, valueLength }: RecordReader): StateRecord {
  const copy = (start: number, length: number): Buffer => Buffer.from(body.subarray(start, start + length))
  return { key: copy(keyStart, Math.max(keyLength, 0)), value: valueLength < 0 ? null : copy(valueStart, valueLength) }
}
