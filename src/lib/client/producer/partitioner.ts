import { partitionForKey } from '../../protocol/records/index.ts'
import type { Partition } from './partition.ts'
import type { ProducerSettings } from './settings.ts'
import type { Topic } from './topic.ts'

/** Java's default `batch.size`: how much goes to one partition before the next is picked (KIP-794). */
const STICKY_BYTES = 16 * 1024

/** Picks the partition of each record as the Java producer does. */
export class Partitioner {
  private current: Partition | null = null
  private stickyLeft = 0
  private turn: number
  private readonly usesKeys: boolean
  private readonly stickyBytes: number

  /** `random` returns numbers as Math.random does; `now` is the time in milliseconds. */
  constructor(
    private readonly topic: Topic,
    private readonly settings: ProducerSettings,
    private readonly now: () => number,
    private readonly random: () => number = Math.random,
  ) {
    this.usesKeys = settings.partitioner === 'sticky' && !settings.ignoreKeys
    this.stickyBytes = Math.max(settings.batchSize ?? STICKY_BYTES, 1)
    this.turn = Math.floor(random() * 1024)
  }

  /** The partition for a record of about this many bytes; asking counts as sending. */
  choose(key: Buffer | null, keyStart: number, keyEnd: number, recordBytes: number): Partition {
    const { topic } = this
    if (key !== null && this.usesKeys)
      return topic.partitions[partitionForKey(key, keyStart, keyEnd, topic.partitions.length)]!
    if (this.settings.partitioner === 'round-robin') return topic.available[this.turn++ % topic.available.length]!
    if (this.stickyLeft <= 0 || this.current === null) {
      this.current = this.next()
      this.stickyLeft = this.stickyBytes
    }
    this.stickyLeft -= recordBytes
    return this.current
  }

  /** Where records without a key go for `runBytes` more, no matter how many; null where that is to be chosen now. */
  get runPartition(): Partition | null {
    return this.stickyLeft > 0 ? this.current : null
  }

  get runBytes(): number {
    return this.stickyLeft
  }

  /** So many bytes have gone to `runPartition`. */
  spend(bytes: number): void {
    this.stickyLeft -= bytes
  }

  /** Any of the available partitions, the likelier the fewer batches wait there. */
  private next(): Partition {
    const candidates = this.candidates()
    if (!this.settings.isAdaptive) return candidates[Math.floor(this.random() * candidates.length)]!
    const longest = candidates.reduce((most, { queue }) => Math.max(most, queue.length), 0)
    const weights = candidates.map(({ queue }) => longest + 1 - queue.length)
    let left = this.random() * weights.reduce((sum, weight) => sum + weight, 0)
    const index = weights.findIndex((weight) => (left -= weight) < 0)
    return candidates[Math.max(index, 0)]!
  }

  private candidates(): readonly Partition[] {
    const { availabilityTimeoutMs } = this.settings
    const { available } = this.topic
    if (availabilityTimeoutMs === 0) return available
    const since = this.now() - availabilityTimeoutMs
    const prompt = available.filter(({ queue }) => queue.length === 0 || queue[0]!.createdAt >= since)
    return prompt.length > 0 ? prompt : available
  }
}
