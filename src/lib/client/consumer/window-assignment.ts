import type { Assignment, ConsumerParts } from './consumer.ts'
import type { TopicPartition } from '../topic-partition.ts'
import type { Topics } from './topic-directory.ts'

/** A run of offsets: `from`, up to `to` without it. */
export interface OffsetWindow extends TopicPartition {
  readonly from: bigint
  readonly to: bigint
}

/** Reads some offsets of some partitions, and ends. */
export class WindowAssignment implements Assignment {
  private hasBegun = false

  constructor(
    private readonly parts: ConsumerParts,
    private readonly windows: readonly OffsetWindow[],
  ) {}

  topics(): Topics {
    return [...new Set(this.windows.map(({ topic }) => topic))]
  }

  onMetadata(): boolean {
    if (this.hasBegun) return false
    this.hasBegun = true
    for (const { from, to, ...partition } of this.windows)
      this.parts.reader.add(partition, { offset: from }, undefined, { offset: to })
    return false
  }

  get isDone(): boolean {
    return this.hasBegun && this.parts.reader.isAtEnd
  }

  pump(): number {
    return Infinity
  }

  async close(): Promise<void> {}
}
