import type { Clock } from '../../clock.ts'
import { KafkaError } from '../../errors.ts'
import { BATCH_OVERHEAD, maxRecordSize, recordSize, type ValueRun } from '../../protocol/records/index.ts'
import type { BatchPool } from './batch-pool.ts'
import type { Partition } from './partition.ts'
import type { Partitioner } from './partitioner.ts'
import type { Sender } from './sender.ts'
import type { ProducerSettings } from './settings.ts'
import type { Topic } from './topic.ts'

interface Parts {
  readonly topic: Topic
  readonly settings: ProducerSettings
  readonly clock: Clock
  readonly pool: BatchPool
  readonly sender: Sender
  readonly partitioner: Partitioner
  onRefused(number: number, error: KafkaError): void
}

/** What a record takes beside its key and value, about. */
const OVERHEAD = 8

/** Writes records into the open batches of a topic. Nothing is made per record: no object, no promise. */
export class TopicWriter {
  private readonly partitioner: Partitioner

  constructor(private readonly parts: Parts) {
    this.partitioner = parts.partitioner
  }

  /**
   * Appends a record with the key `key[keyStart, keyEnd)` and the value `value[valueStart, valueEnd)`, null for null,
   * and headers from `encodeHeaders`. `number` is what the record is called when it fails. Key and value are copied.
   * Returns false, with nothing done, while `buffer.memory` is used up: the same record has to be appended again after
   * `Producer.room`. A record that can never be sent is reported as failed, and counts as appended.
   */
  append(
    timestampMs: number | bigint,
    key: Buffer | null,
    keyStart: number,
    keyEnd: number,
    value: Buffer | null,
    valueStart: number,
    valueEnd: number,
    headers: Buffer | null,
    number: number,
  ): boolean {
    const keyLength = key === null ? 0 : keyEnd - keyStart
    const valueLength = value === null ? 0 : valueEnd - valueStart
    const partition = this.partitioner.choose(key, keyStart, keyEnd, keyLength + valueLength + OVERHEAD)
    return this.appendTo(partition, timestampMs, key, keyStart, keyEnd, value, valueStart, valueEnd, headers, number)
  }

  /**
   * Appends values without key and headers, `most` at the most, to the batch that is open for such; they are called by
   * numbers from `number` on. Returns how many went in, which may be none: `append` has to be asked for the next.
   */
  appendRun(timestampMs: number | bigint, run: ValueRun, most: number, number: number): number {
    const { partitioner } = this
    const open = partitioner.runPartition?.open
    if (!open) return 0
    const bytesBefore = open.sizeInBytes
    const count = open.appendRun(timestampMs, run, most, partitioner.runBytes, number)
    partitioner.spend(open.sizeInBytes - bytesBefore)
    return count
  }

  get topicName(): string {
    return this.parts.topic.name
  }

  /** How many partitions the topic has, as far as is known. */
  get partitionCount(): number {
    return this.parts.topic.partitions.length
  }

  /** The partition of this number, for `appendTo`; undefined where there is none. */
  partition(index: number): Partition | undefined {
    return this.parts.topic.partitions[index]
  }

  /** As `append`, to a partition that is chosen already. */
  appendTo(
    partition: Partition,
    timestampMs: number | bigint,
    key: Buffer | null,
    keyStart: number,
    keyEnd: number,
    value: Buffer | null,
    valueStart: number,
    valueEnd: number,
    headers: Buffer | null,
    number: number,
  ): boolean {
    const { open } = partition
    if (open !== null && open.append(timestampMs, key, keyStart, keyEnd, value, valueStart, valueEnd, headers, number))
      return true
    const [keySize, valueSize, headersSize] = [
      key === null ? -1 : keyEnd - keyStart,
      value === null ? -1 : valueEnd - valueStart,
      headers === null ? 0 : headers.length,
    ]
    if (this.isTooLarge(BATCH_OVERHEAD + maxRecordSize(keySize, valueSize, headersSize), number)) return true
    if (!this.begin(partition, BATCH_OVERHEAD + recordSize(0, 0, keySize, valueSize, headersSize))) return false
    return partition.open!.append(timestampMs, key, keyStart, keyEnd, value, valueStart, valueEnd, headers, number)
  }

  private isTooLarge(bytes: number, number: number): boolean {
    const { maxRequestSize, bufferMemory } = this.parts.settings
    const [limit, name] =
      maxRequestSize <= bufferMemory ? [maxRequestSize, 'max.request.size'] : [bufferMemory, 'buffer.memory']
    if (bytes <= limit) return false
    this.parts.onRefused(
      number,
      new KafkaError('MESSAGE_TOO_LARGE', `a record of ${bytes} bytes is larger than ${name} (${limit})`),
    )
    return true
  }

  /** Opens a batch with room for so many bytes; false when there is no memory for it now. */
  private begin(partition: Partition, bytes: number): boolean {
    const { topic, pool, sender, clock } = this.parts
    const batch = pool.take(Math.max(bytes, topic.batchCapacity))
    if (batch === null) {
      sender.starve()
      return false
    }
    const isNext = partition.open !== null
    partition.close()
    // Before the next one is open: with linger.ms=0 the sender would take it along, empty.
    if (isNext) sender.drain()
    partition.begin(batch, clock.now())
    return true
  }
}
