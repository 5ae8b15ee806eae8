import type { Clock } from '../../clock.ts'
import { KafkaError } from '../../errors.ts'
import type { Assignment, ConsumerParts } from './consumer.ts'
import { EARLIEST, type Start } from './partition-state.ts'
import { partitionName, type TopicPartition } from '../topic-partition.ts'
import { resetStart } from './reset.ts'
import type { OffsetReset } from './settings.ts'
import type { Subscription } from './subscription.ts'
import type { Topics } from './topic-directory.ts'

export interface DirectReading {
  readonly subscription: Subscription
  /** Partitions to read; all of them, also those to come, when undefined. */
  readonly partitions: ReadonlySet<number> | undefined
  /** Where to begin, in all of them or in each; auto.offset.reset decides when undefined. */
  readonly start: Start | ((partition: TopicPartition) => Start) | undefined
  /** Where to end; undefined to read for ever. */
  readonly end?: Start | undefined
  readonly autoOffsetReset: OffsetReset
}

/**
 * Reads partitions without a group. What appears after the start (a new topic, a new partition) is read from its first
 * record, since all of it is newer than the start; or not at all where there is an end.
 */
export class DirectAssignment implements Assignment {
  private readonly clock: Clock
  private isFirst = true

  constructor(
    private readonly parts: ConsumerParts,
    private readonly reading: DirectReading,
  ) {
    this.clock = parts.clock
  }

  topics(): Topics {
    return this.reading.subscription.toAsk
  }

  onMetadata(): boolean {
    const { directory, reader } = this.parts
    const { subscription, partitions, end } = this.reading
    if (end && !this.isFirst) return false
    for (const topic of directory.topics.values()) {
      if (!subscription.matches(topic)) continue
      for (const partition of topic.partitions.keys()) {
        if (partitions && !partitions.has(partition)) continue
        const wanted = { topic: topic.name, partition }
        if (!reader.has(wanted)) reader.add(wanted, this.startOf(wanted), undefined, end)
      }
    }
    const missing = this.missing()
    this.tellAbsence(missing)
    if (end && missing) {
      this.parts.onFailure(
        new KafkaError(
          'UNKNOWN_TOPIC_OR_PARTITION',
          `Partition ${missing} does not exist (UNKNOWN_TOPIC_OR_PARTITION)`,
        ),
      )
      return false
    }
    this.isFirst = false
    return missing !== undefined
  }

  get isDone(): boolean {
    return this.reading.end !== undefined && !this.isFirst && this.parts.reader.isAtEnd
  }

  pump(): number {
    return Infinity
  }

  async close(): Promise<void> {}

  private startOf(partition: TopicPartition): Start {
    const { start, autoOffsetReset } = this.reading
    if (start) return typeof start === 'function' ? start(partition) : start
    const reset = resetStart(autoOffsetReset, this.clock.now())
    if (!reset)
      throw new KafkaError(
        'OFFSET_OUT_OF_RANGE',
        `${partitionName(partition)} has no offset to begin at, and auto.offset.reset is none`,
      )
    return this.isFirst ? reset : EARLIEST
  }

  /** A topic that was asked for by name is told of by whoever looks for it. */
  private tellAbsence(missing: string | undefined): void {
    const {
      parts: { hinder, free, reader, directory },
      reading: {
        subscription: { toAsk },
        end,
      },
    } = this
    if (end !== undefined) return
    const isKnown = toAsk?.every((topic) => directory.topics.has(topic))
    if (toAsk === null && [...reader.partitions()].length === 0)
      hinder(this, 'no topic fits the pattern', { outlook: 'waiting for one' })
    else if (isKnown && missing !== undefined)
      hinder(this, `partition ${missing} is not there`, { outlook: 'waiting for it' })
    else free(this)
  }

  /** A partition that was asked for by number and is still to come. */
  private missing(): string | undefined {
    const { partitions, subscription } = this.reading
    if (!partitions || !subscription.toAsk) return undefined
    const wanted = subscription.toAsk.flatMap((topic) => [...partitions].map((partition) => ({ topic, partition })))
    const missing = wanted.find((partition) => !this.parts.reader.has(partition))
    return missing && partitionName(missing)
  }
}
