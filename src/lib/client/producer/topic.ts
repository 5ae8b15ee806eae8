import type { MetadataResponse } from '../../protocol/apis/metadata.ts'
import { ZERO_UUID } from '../../protocol/schema.ts'
import { Partition } from './partition.ts'
import type { ProducerSettings } from './settings.ts'

export type TopicMetadata = MetadataResponse['topics'][number]

/** Brokers take batches of a little over 1 MiB unless told otherwise (`message.max.bytes`). */
const MAX_BATCH_BYTES = 1024 * 1024
const MIN_BATCH_BYTES = 16 * 1024

/** A topic with its partitions, kept in step with the cluster's metadata. */
export class Topic {
  id = ZERO_UUID
  /** By index. */
  readonly partitions: Partition[] = []
  /** Those with a leader; all of them when none has one. */
  available: readonly Partition[] = []
  private batchLimit = Infinity

  constructor(
    readonly name: string,
    private readonly settings: ProducerSettings,
  ) {}

  /** Takes over ids, partitions and leaders. Partitions that metadata no longer names are without leader. */
  update(metadata: TopicMetadata): void {
    this.id = metadata.topicId
    const count = metadata.partitions.reduce((most, { partitionIndex }) => Math.max(most, partitionIndex + 1), 0)
    for (let index = this.partitions.length; index < count; index += 1) this.partitions.push(new Partition(this, index))
    const leaders = new Map(metadata.partitions.map((partition) => [partition.partitionIndex, partition]))
    for (const partition of this.partitions) {
      const leader = leaders.get(partition.index)
      // An answer from a broker that lags behind must not undo what a newer one said.
      if (leader && leader.leaderEpoch >= 0 && leader.leaderEpoch < partition.leaderEpoch) continue
      partition.leaderId = leader?.leaderId ?? -1
      partition.leaderEpoch = leader?.leaderEpoch ?? -1
    }
    this.listAvailable()
  }

  /** Notes that the cluster does not know the topic at the moment. */
  lose(): void {
    for (const partition of this.partitions) partition.leaderId = partition.leaderEpoch = -1
    this.listAvailable()
  }

  listAvailable(): void {
    const led = this.partitions.filter(({ leaderId }) => leaderId >= 0)
    this.available = led.length > 0 ? led : [...this.partitions]
  }

  /**
   * How large a batch is made. All partitions may have one open at a time, so many partitions mean smaller batches:
   * together they take half of `buffer.memory`.
   */
  get batchCapacity(): number {
    const { batchSize, bufferMemory, maxRequestSize } = this.settings
    const share = Math.max(MIN_BATCH_BYTES, Math.floor(bufferMemory / 2 / Math.max(this.partitions.length, 1)))
    return Math.min(batchSize ?? Math.min(share, MAX_BATCH_BYTES), maxRequestSize, bufferMemory, this.batchLimit)
  }

  /** The broker refused a batch of this size: make smaller ones from now on. */
  shrinkBatches(refusedBytes: number): void {
    this.batchLimit = Math.min(this.batchLimit, Math.ceil(refusedBytes / 2))
  }
}
